import { referenceIn } from '../../sync/channels/twilio/callback-address.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import type { TakenText } from '../channels/twilio-stand-in.ts';
import { truth } from '../chaos/ending.ts';
import { NEWS } from '../chaos/forgotten.ts';

export const SENT = ['sent', 'delivered'];

/** Each text that left against the rows that say so, both ways. */
export function sendings(texts: TakenText[], rows: MessageRow[]): string[] {
  const wrong: string[] = [];
  const batches = Map.groupBy(
    rows.filter(row => row.batch !== undefined),
    row => row.batch as string,
  );
  const left = new Set<string>();
  const lastSaid = new Map<string, string>();
  for (const text of texts) {
    const reference = referenceIn(text.statusCallback ?? '') ?? '';
    const batch = batches.get(reference) ?? [];
    if (left.has(reference)) wrong.push(`${batch[0]?.key ?? reference} was sent twice`);
    left.add(reference);
    if (batch.length === 0) wrong.push(`${text.sid} was sent, and no message says so`);
    for (const row of batch) {
      if (![...SENT, 'unknown', 'failed'].includes(row.state))
        wrong.push(`${row.key} was sent, and is recorded as ${row.state}`);
      if (row.body !== text.body || row.address !== text.to) wrong.push(`${row.key} was sent otherwise than recorded`);
      if (NEWS.includes(row.rule)) wrong.push(...toldAgain(row, lastSaid));
    }
  }
  for (const [batch, [row]] of batches)
    if (row && SENT.includes(row.state) && !left.has(batch))
      wrong.push(`${row.key} is recorded as ${row.state}, and the provider never got it`);
  return wrong;
}

/** Of each visit, what a patient heard last is not said to them once more. */
function toldAgain(row: MessageRow, lastSaid: Map<string, string>): string[] {
  return row.tells.flatMap(telling => {
    const about = `${row.patient} ${telling.appointment}`;
    const again = lastSaid.get(about) === truth(telling);
    lastSaid.set(about, truth(telling));
    return again ? [`${row.key} tells ${row.patient} again: ${truth(telling)}`] : [];
  });
}

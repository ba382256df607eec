import { readReply } from '../domain/inbound/keywords.ts';
import { unhandledBy } from '../store/inbound.ts';
import { repliesOf } from './compiled.ts';
import { lookAgain } from './look-again.ts';
import type { Service } from './service.ts';
import { situationOf } from './situation.ts';

const ABOUT_VISITS = ['confirm', 'cancel', 'reschedule', 'choice'];
/** As many as fit on any text; a choice among more is not read by machine. */
const MOST = 10;

/**
 * Before a yes or no is applied, the visits it may mean are read once more: the EHR may have changed them since we last
 * heard. Where it cannot be asked the answer is read by what we know, and what is said back waits at the gate.
 */
export async function lookFirst(service: Service, id: string): Promise<void> {
  const { sql } = service.database;
  const row = await unhandledBy(sql, id);
  if (!row) return;
  const replies = repliesOf(await service.policy());
  if (!ABOUT_VISITS.includes(readReply(row.body, replies, { openQuestion: { options: MOST } }).meaning)) return;
  const { situation } = await situationOf(service, sql, row);
  const visits = new Set(situation.prompts.slice(0, MOST).map(prompt => prompt.appointment));
  if (visits.size > 0) await lookAgain(service, visits);
}

import type { EhrClient } from '../client.ts';
import { decodeBundle } from './decode-bundle.ts';
import type { DecodeOptions, Heard } from './notification.ts';

export type Missed =
  | { outcome: 'events'; heard: Extract<Heard, { kind: 'changed' }> }
  /** The server has no `$events`, or its answer does not name the changes: sweep. */
  | { outcome: 'sweep' };

/** More than any server keeps at hand, and a forged number must not make us count to a billion. */
const MOST = 500n;

/** Asks for the events of a gap, both ends included (`standards.md` §2.2). `subscription` is `Subscription/…`. */
export async function missedEvents(
  client: Pick<EhrClient, 'operation'>,
  subscription: string,
  [from, to]: readonly [bigint, bigint],
  options: DecodeOptions,
): Promise<Missed> {
  if (to - from >= MOST) return { outcome: 'sweep' };
  const query = new URLSearchParams({
    eventsSinceNumber: String(from),
    eventsUntilNumber: String(to),
    content: 'id-only',
  });
  const answer = await client.operation(`${subscription}/$events?${query}`);
  const heard = answer === undefined ? undefined : decodeBundle(answer, options);
  if (heard?.kind !== 'changed') return { outcome: 'sweep' };
  const numbers = new Set(heard.eventNumbers);
  for (let number = from; number <= to; number++) if (!numbers.has(number)) return { outcome: 'sweep' };
  return { outcome: 'events', heard };
}

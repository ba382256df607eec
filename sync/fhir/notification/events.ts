import type { EhrClient } from '../client.ts';
import { decodeBundle } from './decode-bundle.ts';
import type { DecodeOptions, Heard } from './notification.ts';

export type Missed =
  | { outcome: 'events'; heard: Extract<Heard, { kind: 'changed' }> }
  /** The server has no `$events`, or its answer does not name the changes: sweep. */
  | { outcome: 'sweep' };

/** Asks for the events of a gap, both ends included (`standards.md` §2.2). `subscription` is `Subscription/…`. */
export async function missedEvents(
  client: Pick<EhrClient, 'operation'>,
  subscription: string,
  [from, to]: readonly [bigint, bigint],
  options: DecodeOptions,
): Promise<Missed> {
  const query = new URLSearchParams({
    eventsSinceNumber: String(from),
    eventsUntilNumber: String(to),
    content: 'id-only',
  });
  const answer = await client.operation(`${subscription}/$events?${query}`);
  const heard = answer === undefined ? undefined : decodeBundle(answer, options);
  if (heard?.kind !== 'changed') return { outcome: 'sweep' };
  const numbers = new Set(heard.eventNumbers);
  // Ends at the first that is missing, however far a forged number lies.
  for (let number = from; number <= to; number++) if (!numbers.has(number)) return { outcome: 'sweep' };
  return { outcome: 'events', heard };
}

import type { Instant } from '../../domain/clock.ts';
import { plus } from '../../domain/time.ts';

/** What is known of the record that is changed to be heard of. */
export interface Canary {
  key: string;
  /** The EHR's id, once it is there. */
  id?: string;
  writtenAt?: Instant;
  heardAt?: Instant;
  /** The newest one was waited for long enough. */
  judged: boolean;
  /** In a row. */
  misses: number;
}

export interface Rhythm {
  every: string;
  within: string;
}

/** One may be lost in a restart of either side. */
const MISSES = 2;

/** What the EHR is told to announce it does not, whatever it calls its Subscription. */
export const isDeaf = (canary: Canary | undefined): boolean => (canary?.misses ?? 0) >= MISSES;

export const isHeard = ({ writtenAt, heardAt }: Canary): boolean =>
  writtenAt !== undefined && heardAt !== undefined && heardAt >= writtenAt;

/**
 * One look at the canary: what is to be remembered of it, and whether it is to be written again now. After a first miss
 * at once, and after the Subscription was mended: else whoever mends it would learn only a while later whether it helped.
 */
export function lookAtCanary(
  known: Canary,
  { every, within }: Rhythm,
  mendedAt: Instant | undefined,
  now: Instant,
): { canary: Canary; write: boolean } {
  const { writtenAt } = known;
  if (writtenAt === undefined) return { canary: known, write: true };
  const isItsTime = plus(writtenAt, every) <= now;
  if (isHeard(known)) return { canary: { ...known, misses: 0 }, write: isItsTime };
  if (now < plus(writtenAt, within)) return { canary: known, write: false };
  const misses = known.judged ? known.misses : known.misses + 1;
  const isMended = mendedAt !== undefined && mendedAt > writtenAt;
  return { canary: { ...known, judged: true, misses }, write: isItsTime || isMended || misses < MISSES };
}

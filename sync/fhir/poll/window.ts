import type { Instant } from '../../domain/clock.ts';
import { plusMs } from '../../domain/time.ts';
import type { ChangesOptions } from './feed.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 180;

export interface Window {
  from: Instant;
  to: Instant;
  /** The two bounds of `date`: a bounded window, as Oracle demands one. */
  parameters: [string, string][];
}

/** From two days ago, so that a visit changed right after it is not missed, to as far ahead as anybody is reminded. */
export function window({ now, profile, windowDays = DEFAULT_DAYS }: ChangesOptions): Window {
  const from = plusMs(now, -2 * DAY_MS);
  const to = plusMs(now, windowDays * DAY_MS);
  if (profile.dateParameter === 'instant') {
    return {
      from,
      to,
      parameters: [
        ['date', `ge${from}`],
        ['date', `lt${to}`],
      ],
    };
  }
  // Whole days in the server's own zone, which we do not know: one day wider on either side.
  return {
    from,
    to,
    parameters: [
      ['date', `ge${plusMs(from, -DAY_MS).slice(0, 10)}`],
      ['date', `lt${plusMs(to, 2 * DAY_MS).slice(0, 10)}`],
    ],
  };
}

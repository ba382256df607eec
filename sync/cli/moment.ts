import { type Instant, systemClock } from '../domain/clock.ts';
import { instant } from '../domain/time.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** What `--now` means, or the present. Throws a sentence for a moment that names no hour or no zone. */
export function momentOf(text: string | undefined): Instant {
  const now = text === undefined ? systemClock() : instant(text);
  if (now) return now;
  throw new Failure(
    `--now: \`${text}\` is no moment in time. Write date, hour and zone, e.g. 2026-11-21T09:00:00-06:00 or 2026-11-21T15:00:00Z.`,
    EXIT.usage,
  );
}

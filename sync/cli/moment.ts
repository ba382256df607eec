import { type Instant, systemClock } from '../domain/clock.ts';
import { instant } from '../domain/time.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** What `--now` means, or the present. */
export const momentOf = (text: string | undefined): Instant => givenMoment(text) ?? systemClock();

/** What `--now` means, if it was given. Throws a sentence for a moment that names no hour or no zone. */
export function givenMoment(text: string | undefined): Instant | undefined {
  const given = instant(text);
  if (given || text === undefined) return given;
  throw new Failure(
    `--now: \`${text}\` is no moment in time. Write date, hour and zone, e.g. 2026-11-21T09:00:00-06:00 or 2026-11-21T15:00:00Z.`,
    EXIT.usage,
  );
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { durationMs, plusMs } from '../../sync/domain/time.ts';

/** Monday, five past nine in the morning in Chicago. */
const MORNING: Instant = '2026-11-23T15:05:00.000Z';

/**
 * One clock for all processes: a file says how far it is ahead of the machine's. So who was frozen wakes to the right
 * hour, as it would by a real clock; a message about the hour would come too late.
 */
export const clockIn =
  (file: string): Clock =>
  () =>
    plusMs(systemClock(), Number(readFileSync(file, 'utf8')));

export interface Hands {
  now: Clock;
  advance(duration: string): void;
}

/** Whoever holds the hands of the clock. It begins on a working morning. */
export function openClock(file: string): Hands {
  let ahead = Date.parse(MORNING) - Date.parse(systemClock());
  const save = () => {
    writeFileSync(`${file}.new`, String(ahead));
    renameSync(`${file}.new`, file);
  };
  save();
  return {
    now: clockIn(file),
    advance(duration) {
      ahead += durationMs(duration);
      save();
    },
  };
}

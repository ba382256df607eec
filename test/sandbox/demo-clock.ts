import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Clock, Instant } from '../../sync/domain/clock.ts';

/** A clock a person can push ahead to see what a practice looks like tomorrow. It never goes back. */
export type DemoClock = {
  now: Clock;
  /** Pushes the clock ahead by `ms` and answers the new now. Throws a RangeError for anything but whole ms above zero. */
  advance(ms: number): Instant;
  /** How far this clock runs ahead of its base, in milliseconds. */
  offsetMs(): number;
  /** `listener` hears of every push, after it is saved. */
  onAdvance(listener: (now: Instant) => void): void;
};

const saved = z.object({ offsetMs: z.int().min(0) });
/** About a century: beyond it dates stop being dates. */
const FURTHEST = 100 * 366 * 86_400_000;

/**
 * With `file` the offset outlives a restart; the file is made at the first push. Throws when it holds something else
 * than an offset, since a clock that fell back would find its own messages in the future.
 */
export function openDemoClock({ file, base }: { file?: string; base: Clock }): DemoClock {
  let offset = file && existsSync(file) ? saved.parse(JSON.parse(readFileSync(file, 'utf8'))).offsetMs : 0;
  const listeners: ((now: Instant) => void)[] = [];
  const now: Clock = () => new Date(Date.parse(base()) + offset).toISOString();

  function advance(ms: number): Instant {
    if (!Number.isSafeInteger(ms) || ms <= 0)
      throw new RangeError('The clock only goes forwards, by whole milliseconds.');
    if (offset + ms > FURTHEST) throw new RangeError('The clock does not go further ahead than a century.');
    if (file) save(file, offset + ms);
    offset += ms;
    const later = now();
    for (const listener of listeners) listener(later);
    return later;
  }

  return { now, advance, offsetMs: () => offset, onAdvance: listener => void listeners.push(listener) };
}

/** Written beside and then renamed: a crash in between leaves the old offset, not half of the new one. */
function save(file: string, offsetMs: number): void {
  writeFileSync(`${file}.new`, `${JSON.stringify({ offsetMs })}\n`);
  renameSync(`${file}.new`, file);
}

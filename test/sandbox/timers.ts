import type { Clock, Instant } from '../../sync/domain/clock.ts';

/** Runs `run` after so many real milliseconds, and returns how to call it off. */
export type Schedule = (run: () => void, ms: number) => () => void;

export const realSchedule: Schedule = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

interface Waiting {
  due: Instant;
  run: () => void;
  cancel: () => void;
}

/**
 * Everything that must happen later, by the injected clock. With no real schedule nothing happens by itself:
 * a test moves its clock and calls `runDue`.
 */
export class Timers {
  readonly #clock: Clock;
  readonly #schedule: Schedule | undefined;
  readonly #waiting = new Set<Waiting>();

  constructor(clock: Clock, schedule: Schedule | undefined) {
    this.#clock = clock;
    this.#schedule = schedule;
  }

  /** Returns how to call it off. */
  after(ms: number, run: () => void): () => void {
    const waiting: Waiting = { due: this.instantAfter(ms), run, cancel: () => {} };
    this.#waiting.add(waiting);
    this.#wake(waiting, Math.max(ms, 1));
    return () => {
      waiting.cancel();
      this.#waiting.delete(waiting);
    };
  }

  instantAfter(ms: number): Instant {
    return new Date(Date.parse(this.#clock()) + ms).toISOString();
  }

  runDue(): void {
    const now = this.#clock();
    const due = [...this.#waiting].filter(waiting => waiting.due <= now).sort((a, b) => (a.due < b.due ? -1 : 1));
    for (const waiting of due) {
      waiting.cancel();
      this.#waiting.delete(waiting);
      waiting.run();
    }
  }

  stop(): void {
    for (const waiting of this.#waiting) waiting.cancel();
    this.#waiting.clear();
  }

  /** A real timer may fire a little before the clock says so; then it waits for the rest. */
  #wake(waiting: Waiting, ms: number): void {
    if (!this.#schedule) return;
    waiting.cancel = this.#schedule(() => {
      this.runDue();
      const rest = Date.parse(waiting.due) - Date.parse(this.#clock());
      if (this.#waiting.has(waiting)) this.#wake(waiting, Math.max(rest, 1));
    }, ms);
  }
}

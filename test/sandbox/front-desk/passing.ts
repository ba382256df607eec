import { setTimeout as wait } from 'node:timers/promises';
import type { Instant } from '../../../sync/domain/clock.ts';
import { Refused } from './chart.ts';
import type { Demo } from './page.ts';

/**
 * Time that goes by takes its time: the service does what falls due, and where the EHR is slow or refuses it waits and
 * tries again. The desk does not wait for that longer than a person likes to; its pages say how far the clock has come.
 */
export class Passing {
  readonly #demo: Demo;
  #until: Instant | undefined;
  #failed = false;

  constructor(demo: Demo) {
    this.#demo = demo;
  }

  /** The hour the clock is on its way to; undefined when it stands where it was put. */
  get until(): Instant | undefined {
    return this.#until;
  }

  /** The last push ended with a failure of the service. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Resolves when the clock is there, or to `on-the-way` when that takes longer. Throws Refused while it still moves. */
  async push(ms: number): Promise<'there' | 'on-the-way'> {
    if (this.#until) throw new Refused(409, 'The clock is still on its way. Wait until it is there.');
    const { clock, pass, patienceMs } = this.#demo;
    this.#until = new Date(Date.parse(clock.now()) + ms).toISOString();
    this.#failed = false;
    const passed = pass(ms)
      .catch(() => {
        this.#failed = true;
      })
      .then(() => {
        this.#until = undefined;
        return 'there' as const;
      });
    return Promise.race([passed, wait(patienceMs, 'on-the-way' as const, { ref: false })]);
  }
}

import type { Logger } from 'winston';
import type { Clock } from './domain/clock.ts';

/** What a process brings in from outside, and a test replaces (law 15). */
export interface Surroundings {
  clock: Clock;
  log: Logger;
  fetch?: typeof fetch;
  newId?: () => string;
  random?: () => number;
  /** Real time by default; a test whose clock stands still must not wait for it. */
  sleep?: (ms: number) => Promise<void>;
}

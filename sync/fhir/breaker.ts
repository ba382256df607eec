import type { Clock } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';

export interface Breaker {
  /** 0 when a request may go, else the milliseconds until one may. Past that time it lets one through as a probe. */
  waitMs(): number;
  succeeded(): void;
  failed(): void;
}

const FAILURES = 5;
const FIRST_OPEN_MS = 30_000;
const MAX_OPEN_MS = 300_000;

/**
 * After five failures in a row nothing is sent for 30 s, doubling to 5 min while probes fail. What counts as a failure is
 * the whole server being ill (no answer, 5xx, token refused), not one request being wrong.
 */
export function openBreaker(clock: Clock): Breaker {
  let failures = 0;
  let openMs = 0;
  let openUntil = 0;
  return {
    waitMs() {
      if (openMs === 0) return 0;
      const wait = openUntil - toMs(clock());
      if (wait > 0) return wait;
      // The next caller waits out a full period again unless this probe succeeds first.
      openUntil = toMs(clock()) + openMs;
      return 0;
    },
    succeeded() {
      failures = 0;
      openMs = 0;
    },
    failed() {
      failures += 1;
      if (failures < FAILURES) return;
      openMs = Math.min(MAX_OPEN_MS, openMs === 0 ? FIRST_OPEN_MS : openMs * 2);
      openUntil = toMs(clock()) + openMs;
    },
  };
}

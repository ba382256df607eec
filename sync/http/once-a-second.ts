import type { Clock } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';

const FRESH_MS = 1_000;

/**
 * However many ask and however often, the work is done by one at a time and its answer is good for a second: whoever may
 * ask without a secret could keep the database busy otherwise. Nobody is turned away, as probes and Prometheus must not be.
 */
export function onceASecond<T>(clock: Clock, work: () => Promise<T>): () => Promise<T> {
  let known: { answer: T; at: number } | undefined;
  let underway: Promise<T> | undefined;
  const now = () => toMs(clock());
  const anew = async () => {
    const answer = await work();
    known = { answer, at: now() };
    return answer;
  };
  return async () => {
    if (known && Math.abs(now() - known.at) < FRESH_MS) return known.answer;
    underway ??= anew().finally(() => {
      underway = undefined;
    });
    return underway;
  };
}

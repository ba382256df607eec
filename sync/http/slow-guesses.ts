import type { Request, RequestHandler, Response } from 'express';
import { type AugmentedRequest, rateLimit, type Store } from 'express-rate-limit';
import type { Clock } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';

export interface GuessOptions {
  clock: Clock;
  /** Told when one caller's mistakes become too many, once a minute; those before it are the door's to tell. */
  onTooMany: (request: Request) => void;
  /** Writes the body of a 429. */
  answer: (request: Request, response: Response) => void;
}

export const MISTAKES_A_MINUTE = 60;
const WINDOW_MS = 60_000;
/** Of more callers than these the longest silent are forgotten: nobody may fill our memory by changing addresses. */
const CALLERS = 10_000;

/**
 * Stands before a refusal, never before a door: who has the right secret does not come here, however often and from
 * wherever. So a guesser behind the same proxy costs an EHR none of its notifications, which some never repeat. Counts by
 * the address of the connection, in IPv6 by its /56: what a caller says of itself (X-Forwarded-For) is not believed.
 */
export const slowGuesses = ({ clock, onTooMany, answer }: GuessOptions): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_MS,
    limit: MISTAKES_A_MINUTE,
    store: countedBy(clock),
    legacyHeaders: false,
    // It would say on the console that X-Forwarded-For is not believed.
    validate: false,
    handler: (request, response) => {
      const { used = 0, resetTime } = (request as AugmentedRequest).rateLimit ?? {};
      if (used === MISTAKES_A_MINUTE + 1) onTooMany(request);
      const waitMs = (resetTime?.getTime() ?? 0) - toMs(clock());
      response.status(429).set('Retry-After', String(Math.ceil(waitMs / 1000)));
      answer(request, response);
    },
  });

/** The library's own store lives on the machine's clock and forgets nobody within a minute. */
function countedBy(clock: Clock): Store {
  const counts = new Map<string, { totalHits: number; resetTime: Date }>();
  return {
    localKeys: true,
    increment(key) {
      const now = toMs(clock());
      const known = counts.get(key);
      const restMs = (known?.resetTime.getTime() ?? 0) - now;
      // A clock that was put back must not make a minute of an hour.
      const count =
        known && restMs > 0 && restMs <= WINDOW_MS ? known : { totalHits: 0, resetTime: new Date(now + WINDOW_MS) };
      count.totalHits += 1;
      counts.delete(key);
      counts.set(key, count);
      for (const oldest of counts.keys()) {
        if (counts.size <= CALLERS) break;
        counts.delete(oldest);
      }
      return count;
    },
    decrement: () => undefined,
    resetKey: key => void counts.delete(key),
  };
}

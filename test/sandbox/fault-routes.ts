import express, { type RequestHandler, type Router } from 'express';
import { type Faults, faultsSchema } from './faults.ts';
import { refusal } from './outcome.ts';
import type { Timers } from './timers.ts';

/** GET shows all switches, PUT sets all of them: what is left out is off. `changed` lets held notifications go. */
export function faultRoutes(faults: Faults, changed: () => void): Router {
  const router = express.Router();
  router.use(express.json());
  router.get('/', (_req, res) => void res.json(faults));
  router.put('/', (req, res) => {
    const wanted = faultsSchema.safeParse(req.body ?? {});
    if (!wanted.success) {
      res.status(400).json({ error: 'These are not faults of this EHR.', issues: wanted.error.issues });
      return;
    }
    Object.assign(faults, wanted.data);
    changed();
    res.json(faults);
  });
  return router;
}

/** Slow first, then refused: a request that is refused was never executed. */
export function misbehave(faults: Faults, timers: Timers): RequestHandler {
  return async (_req, res, next) => {
    const { slowMs } = faults;
    if (slowMs > 0) await new Promise<void>(resolve => void timers.after(slowMs, resolve));
    if (faults.tooManyRequests > 0) {
      faults.tooManyRequests -= 1;
      res.set('Retry-After', String(faults.retryAfterSeconds));
      throw refusal(429, 'throttled', 'Too many requests.');
    }
    if (faults.serverErrors > 0) {
      faults.serverErrors -= 1;
      throw refusal(500, 'exception', 'The server failed on purpose.');
    }
    next();
  };
}

import express, { type Router } from 'express';

/**
 * What an orchestrator asks. `/livez`: does this process still answer? `/readyz`: is there sense in sending it work, and
 * if not, why not? A service whose EHR is away is ready: it hears what patients write, and keeps what it is told.
 */
export function probes(whyNotReady: () => Promise<string | undefined>): Router {
  const router = express.Router();
  router.get('/livez', (_request, response) => void response.json({ alive: true }));
  router.get('/readyz', async (_request, response) => {
    const why = await whyNotReady();
    response.status(why ? 503 : 200).json(why ? { ready: false, why } : { ready: true });
  });
  return router;
}

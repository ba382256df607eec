import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Service } from '../reconcile/service.ts';
import type { Doors } from './app.ts';
import { failed } from './failed.ts';
import { probes } from './probes.ts';
import { sayRefusal } from './refusal.ts';

/**
 * What stands open before the service knows its EHR: the EHR may want to see our keys before it answers anything.
 * Whoever else comes is asked to come again.
 */
export function openingApp(rooms: NonNullable<Doors['rooms']>, log: Service['log']): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: false }));
  for (const { path, router } of rooms) app.use(path, router);
  app.use(probes(async () => 'It is starting, and waits for the EHR.'));
  app.use((request, response) =>
    sayRefusal(request, response.set('Retry-After', '5'), 503, 'transient', 'It is starting.'),
  );
  app.use(failed({ log }));
  return app;
}

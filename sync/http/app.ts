import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Service } from '../reconcile/service.ts';
import { isUp } from '../store/is-up.ts';
import { openAcceptance } from './accept-notification.ts';
import { failed } from './failed.ts';
import { frontPage } from './front-page.ts';

import { healthOf, type SecretsHeard } from './health.ts';

import { openMetrics } from './metrics.ts';
import type { HookConnection } from './notification.ts';
import { notificationRouter } from './notification.ts';
import { probes } from './probes.ts';
import { sendNothingHere } from './small-page.ts';
import { unsubscribeRouter } from './unsubscribe.ts';

export interface Doors {
  /** Who may notify us; undefined for any name that is not ours. */
  hook: (name: string) => HookConnection | undefined;
  /** Further rooms: provider webhooks, and in the demonstration the phone. Those with a name stand on the front page. */
  rooms?: { path: string; router: express.Router; name?: string }[];
  /** When notifications last came with each secret. */
  secretsHeard?: () => SecretsHeard;
}

/** Every door of the service. Unknown paths and failures answer with a code and nothing else. */
export function openApp(service: Service, { hook, rooms = [], secretsHeard }: Doors): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: false }));
  app.use(
    '/hooks/fhir/:connection',
    notificationRouter({
      connection: hook,
      accept: openAcceptance(service),
      clock: service.clock,
      log: service.log,
    }),
  );
  for (const { path, router } of rooms) app.use(path, router);
  app.use('/unsubscribe', unsubscribeRouter(service));
  app.use(
    probes(async () =>
      (await isUp(service.database)) ? undefined : 'The database does not answer, or takes no writes.',
    ),
  );
  const metrics = openMetrics(service);
  app.get('/health', async (_request, response) => {
    const health = { ...(await healthOf(service)), ...(secretsHeard ? { secretsHeard: secretsHeard() } : {}) };
    response.status(health.status === 'down' ? 503 : 200).json(health);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.text());
  });
  app.get('/', frontPage(rooms.flatMap(({ path, name }) => (name ? [{ path, name }] : []))));
  app.use(sendNothingHere);
  app.use(failed(service));
  return app;
}

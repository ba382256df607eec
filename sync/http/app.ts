import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Service } from '../reconcile/service.ts';
import { isUp } from '../store/is-up.ts';
import { openAcceptance } from './accept-notification.ts';
import { failed, slowFaults } from './failed.ts';
import { frontPage } from './front-page.ts';
import { healthOf, type SecretsHeard } from './health.ts';
import { openMetrics } from './metrics.ts';
import type { HookConnection } from './notification.ts';
import { notificationRouter } from './notification.ts';
import { onceASecond } from './once-a-second.ts';
import { probes } from './probes.ts';
import { sayRefusal, TOO_MANY } from './refusal.ts';
import { slowGuesses } from './slow-guesses.ts';
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
  const { clock, log } = service;
  const app = express();
  app.disable('x-powered-by');
  app.use(helmet({ contentSecurityPolicy: false }));
  app.use(
    '/hooks/fhir/:connection',
    notificationRouter({
      connection: hook,
      accept: openAcceptance(service),
      clock,
      log,
    }),
  );
  for (const { path, router } of rooms) app.use(path, router);
  app.use('/unsubscribe', unsubscribeRouter(service));
  const isThere = onceASecond(clock, () => isUp(service.database));
  app.use(probes(async () => ((await isThere()) ? undefined : 'The database does not answer, or takes no writes.')));
  const metrics = openMetrics(service);
  const metricsText = onceASecond(clock, metrics.text);
  const looked = onceASecond(clock, () => healthOf(service));
  app.get('/health', async (_request, response) => {
    const health = { ...(await looked()), ...(secretsHeard ? { secretsHeard: secretsHeard() } : {}) };
    response.status(health.status === 'down' ? 503 : 200).json(health);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metricsText());
  });
  app.get('/', frontPage(rooms.flatMap(({ path, name }) => (name ? [{ path, name }] : []))));
  app.use(sendNothingHere);
  app.use(
    slowFaults(
      slowGuesses({
        clock,
        onTooMany: () =>
          log.warn('Too many requests of one caller could not be read; for a minute they are answered 429.'),
        answer: (request, response) => sayRefusal(request, response, 429, 'throttled', TOO_MANY),
      }),
    ),
    failed(service),
  );
  return app;
}

import { randomUUID } from 'node:crypto';
import { allOk } from '@medplum/core';
import express from 'express';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import { capabilityStatement } from './capability.ts';
import { loadDefinitions } from './definitions.ts';
import { faultRoutes, misbehave } from './fault-routes.ts';
import { type Faults, noFaults } from './faults.ts';
import { fhirRouter } from './fhir-router.ts';
import { answer, fhirHandler, readBody, sendError } from './http.ts';
import { openJournal } from './journal.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { Pages } from './pages.ts';
import { SandboxRepository } from './repository.ts';
import { openStore, type SandboxStore } from './store.ts';
import { SubscriptionEngine } from './subscription/engine.ts';
import type { HookStyle } from './subscription/hook.ts';
import { type Schedule, Timers } from './timers.ts';
import { smartConfiguration, type TokenParts, TokenServer } from './token.ts';
import { validate } from './validate.ts';
import { type Version, VersionLog } from './version-log.ts';
import { Writer } from './writer.ts';

export interface SandboxOptions {
  clock: Clock;
  /** The absolute FHIR base without a slash at the end (`http://127.0.0.1:8090/fhir`); asked for at each use. */
  baseUrl: () => string;
  /** Where versions are kept; without it they end with the process. */
  folder?: string;
  /** Who may come in: everybody, or the one registered Backend Services client. Default `open`. */
  auth?: 'open' | Pick<TokenParts, 'clientId' | 'jwks'>;
  newId?: () => string;
  /** Whose R4 rest-hooks to imitate (hapi.md §2, medplum.md §3). Default `spec`. */
  hookStyle?: HookStyle;
  /** Real timers for retries, heartbeats and slow answers. Without them `tick` and `settle` do what is due by the clock. */
  schedule?: Schedule;
}

export interface SandboxEhr {
  app: express.Express;
  store: SandboxStore;
  faults: Faults;
  /** Does what is due by the clock now: retries, heartbeats, ends of Subscriptions, slow answers. Call it after moving the clock. */
  tick(): void;
  /** Resolves when every notification due by now has been delivered or given up. */
  settle(): Promise<void>;
  /** Puts back a backup of then; notifies nobody. */
  restore(asOf: Instant): void;
  stop(): Promise<void>;
}

/** A FHIR R4 server in one process, for tests and for `npm start`. Mounts /fhir, /auth/token and /sandbox/faults. */
export async function openSandboxEhr(options: SandboxOptions): Promise<SandboxEhr> {
  loadDefinitions();
  const { clock, baseUrl, newId = randomUUID } = options;
  const faults = noFaults();
  const timers = new Timers(clock, options.schedule);
  const exclusively = oneAtATime();
  const log = new VersionLog();
  const pages = new Pages(clock, newId, baseUrl);
  let lastStamp = '';
  const replay = (commit: Version[]) => {
    for (const version of commit) {
      log.append(version);
      if (version.lastUpdated > lastStamp) lastStamp = version.lastUpdated;
    }
  };
  const journal = options.folder ? openJournal(options.folder, replay) : undefined;
  const committed = (versions: readonly Version[]) => {
    journal?.append(versions);
    engine.committed(versions);
  };
  const check = (resource: Parameters<typeof validate>[0]) => {
    validate(resource);
    engine.check(resource);
  };
  const writer = new Writer({ log, clock, check, committed }, lastStamp || '1970-01-01T00:00:00.000Z');
  const repository = new SandboxRepository({ log, writer, newId, baseUrl, pages, faults });
  const style = options.hookStyle ?? 'spec';
  const engine = new SubscriptionEngine({ log, repository, exclusively, clock, newId, baseUrl, faults, timers, style });
  const router = fhirRouter({ repository, log, pages, baseUrl });
  engine.addOperations(router);
  engine.start();

  const auth = options.auth ?? 'open';
  const tokens = auth === 'open' ? undefined : new TokenServer({ ...auth, clock, newId, baseUrl, faults });
  const fhir = express.Router();
  fhir.use(misbehave(faults, timers));
  fhir.get('/metadata', (req, res) =>
    answer(req, res, [allOk, capabilityStatement(baseUrl(), clock(), tokens !== undefined)], baseUrl()),
  );
  if (tokens) {
    fhir.get('/.well-known/smart-configuration', (_req, res) => void res.json(smartConfiguration(baseUrl())));
    fhir.use(tokens.guard);
  }
  fhir.use(readBody);
  fhir.get('/', async (req, res, next) => {
    const token = req.query._getpages;
    if (typeof token !== 'string') return next();
    if (faults.expirePages) pages.expireAll();
    answer(req, res, [allOk, await pages.turn(token, Number(req.query._getpagesoffset))], baseUrl());
  });
  fhir.use(fhirHandler(router, repository, exclusively, baseUrl));

  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use('/fhir', fhir, sendError);
  if (tokens) app.post('/auth/token', express.urlencoded({ extended: false }), tokens.issue);
  app.use(
    '/sandbox/faults',
    faultRoutes(faults, () => engine.tick()),
  );

  return {
    app,
    store: openStore(repository, exclusively),
    faults,
    tick: () => engine.tick(),
    settle: () => engine.settle(),
    restore: asOf => log.restore(asOf),
    stop: () => engine.stop(),
  };
}

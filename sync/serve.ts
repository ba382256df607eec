import type { RequestListener, Server } from 'node:http';
import type express from 'express';
import type { Config } from './config.ts';
import { connect, soundOr } from './connect.ts';
import type { Clock, Instant } from './domain/clock.ts';
import { JWKS_PATH, publishedKeys } from './fhir/auth/keys.ts';
import { type HookSecretsInUse, hookAddress, hookSecrets } from './hook-address.ts';
import { type Doors, openApp } from './http/app.ts';
import { jwksRouter } from './http/jwks.ts';
import { openingApp } from './http/opening.ts';
import { doorServer } from './http/server.ts';
import { twilioDoors } from './http/twilio-doors.ts';
import { keysOf } from './key-file.ts';
import { openDatabase } from './open-database.ts';
import { loadAlarms } from './policy/load-alarms.ts';
import { type LoadedPolicy, loadPolicy } from './policy/load-policy.ts';
import { formatMistakes } from './policy/load-yaml.ts';
import { startClockwork } from './reconcile/clockwork.ts';
import type { Connection } from './reconcile/connection.ts';
import { openJobs } from './reconcile/jobs.ts';
import { proposePolicy } from './reconcile/policy-in-force.ts';
import type { Service } from './reconcile/service.ts';
import { subscribeOrPoll } from './reconcile/subscriptions.ts';
import type { Watchman } from './reconcile/watch-alarms.ts';
import { rememberCapability, rememberedCapability } from './store/capability.ts';
import type { Database } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import type { Surroundings } from './surroundings.ts';
import { wire } from './wire.ts';

export interface Running {
  service: Service;
  url: string;
  stop: () => Promise<void>;
}

export interface Extras {
  /** Rooms that only this installation has, e.g. the demonstration's phone. */
  rooms?: (service: Service) => Doors['rooms'];
  /** Done once everything is up and before the sweeps begin. */
  prepare?: (service: Service) => Promise<void>;
  /** What is put in force instead of the rules as they stand in the files. */
  policy?: (loaded: LoadedPolicy) => LoadedPolicy;
}

/**
 * Brings the service up: schema, rules, keys, EHR, queue, doors, sweeps, in this order. Throws what keeps it from
 * starting, and leaves nothing open then.
 */
export async function serve(config: Config, around: Surroundings, extras: Extras = {}): Promise<Running> {
  const opened = new AsyncDisposableStack();
  try {
    const service = await open(config, around, extras, opened);
    return { service, url: config.publicUrl, stop: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** What is opened is put on `opened`, and closed from the top. */
async function open(config: Config, around: Surroundings, extras: Extras, opened: AsyncDisposableStack) {
  const { environment } = config;
  const database = await openDatabase(config);
  opened.defer(() => database.close());
  await bringUpToDate(database, config, around, extras);
  const keys = keyDoor(config, around.clock);
  let show: RequestListener = openingApp(keys, around.log);
  const { LOOPKEEPER_HOST, LOOPKEEPER_PORT } = environment;
  const server = await listen((request, response) => show(request, response), LOOPKEEPER_HOST, LOOPKEEPER_PORT);
  opened.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const connection = await connect(config, around, {
    recall: baseUrl => rememberedCapability(database.sql, baseUrl),
    remember: (baseUrl, summary) => rememberCapability(database.sql, baseUrl, summary, around.clock()),
  });
  const jobs = openJobs(database, error => around.log.error('The queue failed.', { error: error.name }));
  const service = wire(config, database, connection, around, jobs.ask);
  opened.defer(() => jobs.stop());
  await jobs.start(service);
  const rooms = [...keys, ...webhooks(config, service), ...(extras.rooms?.(service) ?? [])];
  const inUse = hookSecrets(config, variable =>
    around.log.error('The file of a secret cannot be used; the secret stays as it was.', { variable }),
  );
  const heard = new Map<string, Instant>();
  const heardWith = (secret: string) => heard.set(secret, around.clock());
  show = openApp(service, {
    hook: name => hookOf(service, name, inUse(), heardWith),
    rooms,
    secretsHeard: () => ({
      EHR_HOOK_SECRET: lastHeard(heard, inUse().EHR_HOOK_SECRET),
      EHR_SIGNING_SECRET: lastHeard(heard, inUse().EHR_SIGNING_SECRET),
    }),
  });
  const hooks = () => hookAddress(config, inUse());
  await subscribeOrPoll(service, hooks());
  await extras.prepare?.(service);
  const pollSeconds = environment.LOOPKEEPER_POLL_SECONDS;
  const watchman = watchmanOf(config, connection);
  const clockwork = startClockwork(service, { instance: service.newId(), pollSeconds, hooks, watchman });
  opened.defer(() => clockwork.stop());
  // First of all: nobody comes in any more. Who is in gets an answer while the rest winds down.
  opened.defer(() => void server.close());
  return service;
}

/** What alarms are about besides the database, and whom they call. */
function watchmanOf({ environment, publicUrl }: Config, { baseUrl }: Connection): Watchman {
  const { owners, secretsEnd } = soundOr(loadAlarms(environment.LOOPKEEPER_MAPPINGS));
  const folder = environment.DATABASE_URL ? undefined : environment.LOOPKEEPER_STATE;
  return { owners, secretsEnd, addresses: [publicUrl, baseUrl], ...(folder ? { folder } : {}) };
}

/** Schema and rules. */
async function bringUpToDate(database: Database, config: Config, { clock, log }: Surroundings, extras: Extras) {
  const applied = await migrate(database);
  if (applied.length > 0) log.info('The schema was brought up to date.', { applied });
  const loaded = loadPolicy(config.environment.LOOPKEEPER_MAPPINGS);
  if ('mistakes' in loaded) throw new Error(`The rules cannot be used:\n${formatMistakes(loaded.mistakes)}`);
  await proposePolicy({ database, clock, log }, extras.policy?.(loaded) ?? loaded, 'start');
}

function lastHeard(heard: Map<string, Instant>, [current = '', former = '']: string[] = []) {
  return { current: heard.get(current) ?? null, former: heard.get(former) ?? null };
}

function hookOf(
  { connection }: Service,
  name: string,
  { EHR_HOOK_SECRET: header = [], EHR_SIGNING_SECRET: signing }: HookSecretsInUse,
  heardWith: (secret: string) => void,
) {
  if (name !== connection.id || (header.length === 0 && !signing)) return undefined;
  const scheme = connection.profile.subscriptions.signature;
  const signature = signing && scheme !== 'none' ? { scheme, secrets: signing } : undefined;
  return {
    baseUrl: connection.baseUrl,
    profile: connection.profile,
    secrets: { header, signature },
    heardWith,
  };
}

/** Where the EHR finds our public keys, if it knows us by them. */
function keyDoor(config: Config, clock: Clock): { path: string; router: express.Router }[] {
  const keys = keysOf(config);
  return keys ? [{ path: JWKS_PATH, router: jwksRouter(() => publishedKeys(keys(), clock())) }] : [];
}

/** The doors of the providers in use. */
function webhooks({ channels: { sms }, publicUrl }: Config, service: Service) {
  return sms?.kind === 'twilio' ? [twilioDoors(service, { publicUrl, authToken: sms.authToken })] : [];
}

const listen = (listener: RequestListener, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = doorServer(listener).once('error', reject);
    server.listen(port, host, () => resolve(server));
  });

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as realSleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import type { Logger } from 'winston';
import { isAllowed } from './channels/allow-list.ts';
import { startChannels } from './channels/start.ts';
import { baaOf, type Config, readKeyFile } from './config.ts';
import type { Ownership } from './domain/chart/ownership.ts';
import type { Clock } from './domain/clock.ts';
import type { EhrAuth } from './fhir/auth/auth.ts';
import { backendServices } from './fhir/auth/backend-services.ts';
import { bearer } from './fhir/auth/bearer.ts';
import { clientSecret } from './fhir/auth/client-secret.ts';
import { discoveredTokenUrl } from './fhir/auth/discovery.ts';
import { noAuth } from './fhir/auth/none.ts';
import { summarise } from './fhir/capability.ts';
import { openEhrClient } from './fhir/client.ts';
import { EhrError } from './fhir/outcome.ts';
import { recognise, type VendorProfile, vendorProfileSchema } from './fhir/profile.ts';
import { chooseStrategy } from './fhir/strategy.ts';
import { loadOwnership } from './policy/load-ownership.ts';
import { formatMistakes, loadFolder } from './policy/load-yaml.ts';
import type { Connection } from './reconcile/connection.ts';
import { receiveReport } from './reconcile/outcome.ts';
import { policyInForce } from './reconcile/policy-in-force.ts';
import { FOLLOWED, type Strategies } from './reconcile/poll.ts';
import type { Service } from './reconcile/service.ts';
import { type Database, openPglite, openPostgres } from './store/database.ts';
import { lockFolder } from './store/folder-lock.ts';
import { makeFolder } from './store/make-folder.ts';
import { phoneStore } from './store/phone-message.ts';

/** Throws DatabaseInUse when the embedded database is another process's, FolderUnusable where none can be. */
export async function openDatabase({ environment }: Config): Promise<Database> {
  if (environment.DATABASE_URL) return openPostgres(environment.DATABASE_URL);
  const folder = environment.LOOPKEEPER_STATE;
  makeFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const database = await openPglite(join(folder, 'db'));
    return { ...database, close: () => database.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Throws a sentence for every profile that cannot be used. */
export function loadProfiles(mappings: string): VendorProfile[] {
  const loaded = loadFolder(vendorProfileSchema, `${mappings}/ehr`);
  if ('mistakes' in loaded)
    throw new Error(`The EHR profiles in ${mappings}/ehr have mistakes; see \`loopkeeper rules check\`.`);
  return loaded.value.map(file => file.value);
}

/** Throws everything that is wrong with it. */
export function ownershipFrom(mappings: string): Ownership {
  const loaded = loadOwnership(mappings);
  if ('mistakes' in loaded) throw new Error(formatMistakes(loaded.mistakes));
  return loaded.value;
}

export interface Surroundings {
  clock: Clock;
  log: Logger;
  fetch?: typeof fetch;
  newId?: () => string;
  random?: () => number;
  /** Real time by default; a test whose clock stands still must not wait for it. */
  sleep?: (ms: number) => Promise<void>;
}

/** Talks to the EHR once, to learn what it is; throws EhrError when it cannot be asked. */
export async function connect(config: Config, around: Surroundings): Promise<Connection> {
  const { environment } = config;
  const baseUrl = environment.EHR_BASE_URL;
  if (!baseUrl) throw new Error('EHR_BASE_URL is not set, so there is no EHR to work with.');
  requireAgreement(environment.EHR_BAA, baseUrl);
  const profiles = loadProfiles(environment.LOOPKEEPER_MAPPINGS);
  const generic = named(profiles, environment.EHR_PROFILE ?? 'generic');
  const open = (profile: VendorProfile) =>
    openEhrClient({
      baseUrl,
      fetch: around.fetch ?? fetch,
      clock: around.clock,
      random: around.random ?? Math.random,
      sleep: around.sleep ?? realSleep,
      auth: authOf(config, around),
      profile,
      log: around.log,
    });
  const capability = summarise(await open(generic).capability());
  const profile = environment.EHR_PROFILE ? generic : (recognise(profiles, capability.software?.name) ?? generic);
  const reachable = environment.LOOPKEEPER_SUBSCRIBE && environment.EHR_HOOK_SECRET !== undefined;
  const strategies: Strategies = {};
  for (const type of FOLLOWED) strategies[type] = chooseStrategy(capability, profile, type, { reachable });
  return {
    id: environment.EHR_ID,
    baseUrl,
    client: open(profile),
    profile,
    capability,
    strategies,
    ownership: ownershipFrom(environment.LOOPKEEPER_MAPPINGS),
    practitioners: environment.EHR_PRACTITIONERS,
    patients: environment.EHR_PATIENTS,
  };
}

function named(profiles: VendorProfile[], id: string): VendorProfile {
  const profile = profiles.find(one => one.id === id);
  if (profile) return profile;
  throw new Error(`There is no EHR profile \`${id}\`; there are ${profiles.map(one => one.id).join(', ')}.`);
}

/** No chart of real people without a recorded agreement (AUD4). A server on this very machine is a test. */
function requireAgreement(baa: string | undefined, baseUrl: string): void {
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(baseUrl).hostname);
  const { vendor, signedOn, reference } = baaOf(baa) ?? {};
  if (local || (vendor && reference && /^\d{4}-\d{2}-\d{2}$/.test(signedOn ?? ''))) return;
  throw new Error(
    'No agreement (BAA) with whoever runs the EHR is recorded. Set EHR_BAA to `vendor;date of signing;where the paper is`.',
  );
}

function authOf(
  { environment: env }: Config,
  { clock, newId = randomUUID, fetch: fetcher = fetch }: Surroundings,
): EhrAuth {
  const base = env.EHR_BASE_URL ?? '';
  const given = env.EHR_TOKEN_URL;
  const common = { fetch: fetcher, clock, tokenUrl: given ? async () => given : discoveredTokenUrl(base, fetcher) };
  const clientId = env.EHR_CLIENT_ID ?? '';
  if (env.EHR_AUTH === 'bearer') return bearer(env.EHR_TOKEN ?? '');
  if (env.EHR_AUTH === 'client-secret')
    return clientSecret({ ...common, clientId, clientSecret: env.EHR_CLIENT_SECRET ?? '', scope: env.EHR_SCOPE });
  if (env.EHR_AUTH === 'none') return noAuth();
  const privateKey = readKeyFile(env.EHR_PRIVATE_KEY_FILE ?? '') as JWK;
  const alg = privateKey.alg === 'ES384' ? 'ES384' : 'RS384';
  return backendServices({ ...common, clientId, privateKey, alg, scope: env.EHR_SCOPE, newId });
}

/** The whole service but its doors and its clockwork. `ask` does nothing until the queue runs: then it asks the queue. */
export function wire(
  config: Config,
  database: Database,
  connection: Connection,
  around: Surroundings,
  ask: Service['ask'] = async () => undefined,
): Service {
  const newId = around.newId ?? randomUUID;
  const policy = policyInForce(database);
  const service: Service = {
    database,
    clock: around.clock,
    newId,
    log: around.log,
    policy: policy.current,
    refreshPolicy: policy.refresh,
    connection,
    channels: {},
    isAllowed: address =>
      isAllowed(address, { production: config.production, allow: config.environment.LOOPKEEPER_ALLOW }),
    unsubscribeUrl: id => `${config.publicUrl}/unsubscribe/${id}`,
    ask,
  };
  service.channels = startChannels(config.channels, {
    fetch: around.fetch ?? fetch,
    clock: around.clock,
    phone: { store: phoneStore(database.sql), newId, report: report => receiveReport(service, report) },
  });
  // Nothing leaves the machine by the phone page, so nobody needs to be on a list for it.
  if (Object.values(service.channels).every(channel => channel.name.startsWith('phone-')))
    service.isAllowed = () => true;
  return service;
}

/** A sentence without anything secret, for people at a terminal. */
export const explainFailure = (error: unknown): string =>
  error instanceof EhrError || error instanceof Error ? error.message : 'It failed for an unknown reason.';

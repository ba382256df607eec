import { setTimeout as realSleep } from 'node:timers/promises';
import { type Config, ConfigMistakes, ehrOf } from './config.ts';
import type { Ownership } from './domain/chart/ownership.ts';
import type { SubscriptionWishes } from './domain/policy/subscription-wishes.ts';
import { ehrAuth } from './ehr-auth.ts';
import { type CapabilitySummary, summarise } from './fhir/capability.ts';
import { type EhrClient, openEhrClient } from './fhir/client.ts';
import { EhrError } from './fhir/outcome.ts';
import { recognise, type VendorProfile, vendorProfileSchema } from './fhir/profile.ts';
import { chooseStrategy } from './fhir/strategy.ts';
import { loadOwnership } from './policy/load-ownership.ts';
import { loadSubscriptions } from './policy/load-subscriptions.ts';
import { formatMistakes, type Loaded, loadFolder } from './policy/load-yaml.ts';
import type { Connection } from './reconcile/connection.ts';
import { FOLLOWED, type Strategies } from './reconcile/poll.ts';
import type { Surroundings } from './surroundings.ts';

/** Throws a sentence for every profile that cannot be used. */
export function loadProfiles(mappings: string): VendorProfile[] {
  const loaded = loadFolder(vendorProfileSchema, `${mappings}/ehr`);
  if ('mistakes' in loaded)
    throw new Error(`The EHR profiles in ${mappings}/ehr have mistakes; see \`loopkeeper rules check\`.`);
  return loaded.value.map(file => file.value);
}

/** Throws everything that is wrong with it. */
export const ownershipFrom = (mappings: string): Ownership => soundOr(loadOwnership(mappings));

/** Likewise. */
export const wishesFrom = (mappings: string): SubscriptionWishes => soundOr(loadSubscriptions(mappings));

export function soundOr<T>(loaded: Loaded<T>): T {
  if ('mistakes' in loaded) throw new Error(formatMistakes(loaded.mistakes));
  return loaded.value;
}

/** What an EHR said of itself before: with it a service can start while the EHR is away. */
export interface CapabilityMemory {
  recall: (baseUrl: string) => Promise<CapabilitySummary | undefined>;
  remember: (baseUrl: string, summary: CapabilitySummary) => Promise<unknown>;
}

/** Clients that share one token: some EHRs count how often it is asked for. */
export function clientOpener(config: Config, around: Surroundings): (profile: VendorProfile) => EhrClient {
  const auth = ehrAuth(config, around);
  return profile =>
    openEhrClient({
      baseUrl: ehrOf(config),
      fetch: around.fetch ?? fetch,
      clock: around.clock,
      random: around.random ?? Math.random,
      sleep: around.sleep ?? realSleep,
      auth,
      profile,
      log: around.log,
    });
}

/**
 * Asks the EHR what it is. Throws ConfigMistakes; and EhrError when it cannot be asked, unless it is away only for now
 * and there is a memory of it: a STOP has to be heard then, too.
 */
export async function connect(config: Config, around: Surroundings, memory?: CapabilityMemory): Promise<Connection> {
  const { environment } = config;
  const baseUrl = ehrOf(config);
  const profiles = loadProfiles(environment.LOOPKEEPER_MAPPINGS);
  const generic = named(profiles, environment.EHR_PROFILE ?? 'generic');
  const open = clientOpener(config, around);
  const ask = async () => summarise(await open(generic).capability());
  const capability = memory ? await askOrRecall(ask, baseUrl, memory, around) : await ask();
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
    wishes: wishesFrom(environment.LOOPKEEPER_MAPPINGS),
    ownership: ownershipFrom(environment.LOOPKEEPER_MAPPINGS),
    practitioners: environment.EHR_PRACTITIONERS,
    patients: environment.EHR_PATIENTS,
  };
}

async function askOrRecall(
  ask: () => Promise<CapabilitySummary>,
  baseUrl: string,
  { recall, remember }: CapabilityMemory,
  { log }: Surroundings,
): Promise<CapabilitySummary> {
  try {
    const asked = await ask();
    await remember(baseUrl, asked);
    return asked;
  } catch (error) {
    const known = error instanceof EhrError && error.retry === 'later' ? await recall(baseUrl) : undefined;
    if (!known || !(error instanceof EhrError)) throw error;
    log.warn('The EHR does not answer. What it said of itself before is taken to hold still.', { code: error.code });
    return known;
  }
}

function named(profiles: VendorProfile[], id: string): VendorProfile {
  const profile = profiles.find(one => one.id === id);
  if (profile) return profile;
  throw new ConfigMistakes([
    `EHR_PROFILE: there is no \`${id}\`; there are ${profiles.map(one => one.id).join(', ')}.`,
  ]);
}

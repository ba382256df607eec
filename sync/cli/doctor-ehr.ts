import { type Config, isHere } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';
import { chooseStrategy } from '../fhir/strategy.ts';
import { subscriptionHealth } from '../fhir/subscribe/subscribe.ts';
import { hookAddress } from '../hook-address.ts';
import type { Connection } from '../reconcile/connection.ts';
import { FOLLOWED } from '../reconcile/poll.ts';
import { compareSubscriptions } from '../reconcile/subscriptions.ts';
import { toTalkToTheEhr } from './doctor-advice.ts';
import type { Report } from './doctor-report.ts';
import { plural } from './print.ts';

export function checkConnection({ capability, profile, baseUrl }: Connection, config: Config, { say }: Report): void {
  const { software, fhirVersion } = capability;
  const name = software ? `${software.name} ${software.version ?? ''}`.trim() : 'it does not name itself';
  say('ok', `The EHR at ${new URL(baseUrl).host} answers: ${name}.`);
  const isR4 = fhirVersion?.startsWith('4.0');
  say(
    isR4 ? 'ok' : 'fail',
    `It speaks FHIR ${fhirVersion ?? 'of no named version'}; we need R4 (4.0.1).`,
    isR4 ? [] : ['→ Set EHR_BASE_URL to the R4 base of this EHR; most have one address for each version.'],
  );
  const { verified } = profile;
  if (verified === 'never')
    say(
      'warn',
      `Profile ${profile.id}: nobody has seen such a server behave as written there. Try everything with synthetic patients first.`,
    );
  else say('ok', `Profile ${profile.id}: verified ${verified.when} on ${verified.server}.`);
  const reachable = checkHooks(baseUrl, config, say);
  for (const type of FOLLOWED) {
    const { push, feed, deletes, why } = chooseStrategy(capability, profile, type, { reachable });
    const heard = `${type}: push ${push}, feed ${feed}, deletions by ${deletes}.`;
    say(feed === 'none' ? 'warn' : 'ok', heard, why);
  }
}

/** Whether the EHR is asked to notify us, and at an address that it can reach. */
function checkHooks(ehr: string, { environment, publicUrl }: Config, say: Report['say']): boolean {
  const { EHR_HOOK_SECRET: secret, LOOPKEEPER_SUBSCRIBE: subscribe, LOOPKEEPER_PUBLIC_URL: known } = environment;
  if (!subscribe) say('ok', 'LOOPKEEPER_SUBSCRIBE is off: changes are heard of when we poll.');
  else if (!secret)
    say(
      'warn',
      'EHR_HOOK_SECRET is not set, so the EHR is not asked to notify us: changes are heard of when we poll.',
      ['→ Set EHR_HOOK_SECRET to 16 letters or more that nobody can guess.'],
    );
  else if (!known && !isHere(ehr))
    say(
      'warn',
      `LOOPKEEPER_PUBLIC_URL is not set: the EHR would be told to notify ${publicUrl}, which only this machine reaches.`,
      ['→ Set LOOPKEEPER_PUBLIC_URL to the address at which the EHR reaches this service.'],
    );
  return subscribe && secret !== undefined;
}

const SKEW_SECONDS = 30;

/** A token or a window computed by a clock that is wrong is wrong too. The Date header has whole seconds. */
export async function checkClock(config: Config, { say }: Report): Promise<void> {
  const response = await fetch(`${config.environment.EHR_BASE_URL}/metadata`, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  const theirs = response?.headers.get('date');
  if (!theirs) return say('warn', 'The EHR does not say what time it is, so the clocks cannot be compared.');
  const skew = Math.abs(Math.round((Date.parse(theirs) - toMs(systemClock())) / 1000));
  if (skew <= SKEW_SECONDS) say('ok', `The clocks agree to within ${plural(Math.max(skew, 1), 'second')}.`);
  else say('warn', `The clocks differ by ${plural(skew, 'second')}; set this machine's by NTP, or have theirs set.`);
}

export async function checkSubscriptions(connection: Connection, config: Config, report: Report): Promise<void> {
  const diff = await report.attempt(
    () => compareSubscriptions({ connection, clock: systemClock }, hookAddress(config)),
    toTalkToTheEhr,
  );
  for (const { criteria, state, why } of diff ? subscriptionHealth(diff) : []) {
    const well = state === 'active' || state === 'elsewhere';
    report.say(
      well ? 'ok' : 'warn',
      `Subscription ${criteria}: ${state}.${why ? ` ${why}` : ''}`,
      well ? [] : ['→ The service sees to it when it starts; the EHR must reach its address.'],
    );
  }
}

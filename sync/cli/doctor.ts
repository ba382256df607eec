import type { Resource } from '@medplum/fhirtypes';
import type { Command } from 'commander';
import { startChannels } from '../channels/start.ts';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import type { Clinic } from '../domain/policy/clinic.ts';
import { chooseStrategy } from '../fhir/strategy.ts';
import { subscriptionHealth } from '../fhir/subscribe/subscribe.ts';
import type { Connection } from '../reconcile/connection.ts';
import { FOLLOWED } from '../reconcile/poll.ts';
import { compareSubscriptions } from '../reconcile/subscriptions.ts';
import { connect, explainFailure, openDatabase } from '../wire.ts';
import { auditData } from './data-audit.ts';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { Failure, policyOf, quietLog } from './open.ts';
import { type Out, plural, terminal } from './print.ts';

type Mark = 'ok' | 'warn' | 'fail';

export const doctorCommand = (program: Command): Command =>
  program
    .command('doctor')
    .description('Tries everything this service depends on, and says what is wrong and what to do')
    .option('--list', 'name the records that the data audit finds')
    .addHelpText('after', EXIT_HELP)
    .action((options: { list?: boolean }) => runDoctor(options, terminal));

/** Goes on after a failure wherever the next check can still be made. Ends with the worst mark. */
export async function runDoctor({ list }: { list?: boolean }, out: Out): Promise<void> {
  const marks: Mark[] = [];
  const say = (mark: Mark, sentence: string) => {
    marks.push(mark);
    out.line(`${mark.padEnd(4)}  ${sentence}`);
  };
  const config = readConfig();
  say('ok', `The configuration can be read; mode ${config.production ? 'production' : 'test'}.`);
  const policy = attempt(say, () => policyOf(config));
  if (policy) say('ok', `The rules and texts can be used; version ${policy.version}.`);
  const database = await attemptLater(say, () => openDatabase(config));
  if (database) say('ok', `The database can be opened (${database.kind}).`);
  await database?.close();
  await checkChannels(config, say);
  const connection = await attemptLater(say, () => connect(config, { clock: systemClock, log: quietLog() }));
  if (connection) {
    checkConnection(connection, config, say);
    await checkClock(config, say);
    await checkSubscriptions(connection, config, say);
    if (policy) await checkData(connection, policy.policy.clinic, list ?? false, say, out);
  }
  const [failed, warned] = ['fail', 'warn'].map(mark => marks.filter(one => one === mark).length);
  out.line(`\n${plural(marks.length, 'check')}: ${failed} failed, ${plural(warned ?? 0, 'warning')}.`);
  if (failed) throw new Failure('Something is broken; see the lines that begin with fail.');
  if (warned) throw new Failure('It works; see the lines that begin with warn.', EXIT.attention);
}

type Say = (mark: Mark, sentence: string) => void;

function attempt<T>(say: Say, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    say('fail', explainFailure(error));
    return undefined;
  }
}

async function attemptLater<T>(say: Say, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    say('fail', explainFailure(error));
    return undefined;
  }
}

function checkConnection({ capability, profile, baseUrl }: Connection, config: Config, say: Say): void {
  const { software, fhirVersion } = capability;
  say(
    'ok',
    `The EHR at ${new URL(baseUrl).host} answers: ${software ? `${software.name} ${software.version ?? ''}`.trim() : 'it does not name itself'}.`,
  );
  say(
    fhirVersion?.startsWith('4.0') ? 'ok' : 'fail',
    `It speaks FHIR ${fhirVersion ?? 'of no named version'}; we need R4 (4.0.1).`,
  );
  const { verified } = profile;
  if (verified === 'never')
    say(
      'warn',
      `Profile ${profile.id}: nobody has seen such a server behave as written there. Try everything with synthetic patients first.`,
    );
  else say('ok', `Profile ${profile.id}: verified ${verified.when} on ${verified.server}.`);
  const { EHR_HOOK_SECRET: secret, LOOPKEEPER_SUBSCRIBE: subscribe } = config.environment;
  if (!secret || !subscribe)
    say('warn', 'No EHR_HOOK_SECRET: the EHR cannot notify us, so changes are heard of when we poll.');
  const reachable = subscribe && secret !== undefined;
  for (const type of FOLLOWED) {
    const { push, feed, deletes, why } = chooseStrategy(capability, profile, type, { reachable });
    say(
      feed === 'none' ? 'warn' : 'ok',
      `${type}: push ${push}, feed ${feed}, deletions by ${deletes}. ${why.join(' ')}`,
    );
  }
}

const SKEW_SECONDS = 30;

/** A token or a window computed by a clock that is wrong is wrong too. The Date header has whole seconds. */
async function checkClock(config: Config, say: Say): Promise<void> {
  const response = await fetch(`${config.environment.EHR_BASE_URL}/metadata`, {
    method: 'HEAD',
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  const theirs = response?.headers.get('date');
  if (!theirs) return say('warn', 'The EHR does not say what time it is, so the clocks cannot be compared.');
  const skew = Math.round((Date.parse(theirs) - Date.parse(systemClock())) / 1000);
  say(Math.abs(skew) > SKEW_SECONDS ? 'warn' : 'ok', `The clocks differ by ${plural(Math.abs(skew), 'second')}.`);
}

async function checkSubscriptions(connection: Connection, { publicUrl, environment }: Config, say: Say): Promise<void> {
  const address = { publicUrl, secret: environment.EHR_HOOK_SECRET, signingSecret: environment.EHR_SIGNING_SECRET };
  const diff = await attemptLater(say, () => compareSubscriptions({ connection }, address));
  for (const { criteria, state, why } of diff ? subscriptionHealth(diff) : []) {
    const well = state === 'active' || state === 'elsewhere';
    say(well ? 'ok' : 'warn', `Subscription ${criteria}: ${state}.${why ? ` ${why}` : ''}`);
  }
}

async function checkChannels({ channels: wanted }: Config, say: Say): Promise<void> {
  const channels = attempt(say, () => startChannels(wanted, { fetch, clock: systemClock }));
  for (const medium of channels ? (['sms', 'email'] as const) : []) {
    const channel = channels?.[medium];
    const problem = channel && (await channel.check());
    if (!channel) say('warn', `There is no channel for ${medium}: such messages are not sent, and say why.`);
    else say(problem ? 'fail' : 'ok', `${channel.name}: ${problem ?? 'it can be used.'}`);
  }
}

async function checkData(connection: Connection, clinic: Clinic, list: boolean, say: Say, out: Out): Promise<void> {
  out.aside('Reading the data; this may take a while …');
  const resources = await attemptLater(say, () => everything(connection, out));
  for (const { what, records } of resources ? auditData(resources, clinic, systemClock()) : []) {
    say('warn', `${what}: ${records.length}.`);
    if (list) for (const record of records) out.line(`        ${record}`);
  }
}

async function everything({ client, strategies, profile }: Connection, out: Out): Promise<Resource[]> {
  const all: Resource[] = [];
  for (const type of ['Patient', 'RelatedPerson', 'Consent', 'Appointment'] as const) {
    const feed = strategies[type]?.feed;
    if (feed !== 'type-history' && feed !== 'last-updated') continue;
    for await (const bundle of client.pages(`${type}?${profile.paging.parameter}=${profile.paging.size}`, {
      fresh: true,
    })) {
      all.push(
        ...(bundle.entry ?? []).flatMap(entry => (entry.resource?.resourceType === type ? [entry.resource] : [])),
      );
      out.aside(`  ${type}: ${all.length} records read in all`);
    }
  }
  return all;
}

import type { Config } from '../config.ts';
import { unknownParameters } from '../fhir/subscribe/criteria.ts';
import type { WireSubscription } from '../fhir/subscribe/desired.ts';
import type { SubscriptionDiff } from '../fhir/subscribe/diff.ts';
import { nameOf } from '../fhir/subscribe/identity.ts';
import { mend } from '../fhir/subscribe/mend.ts';
import {
  type Applied,
  applySubscriptions,
  removeSubscriptions,
  subscriptionHealth,
} from '../fhir/subscribe/subscribe.ts';
import { hookAddress } from '../hook-address.ts';
import { compareSubscriptions, endpointOf } from '../reconcile/subscriptions.ts';
import { driftLines } from './drift-lines.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { type Connected, withConnection } from './open.ts';
import { counts, type Out, plural } from './print.ts';

const NOT_PUSHED =
  'Nothing is pushed here: set EHR_HOOK_SECRET, or this EHR sends no notifications. Polling hears of every change.';

/** Admin of the EHR's Subscriptions to us (EHR8). Never touches those of anybody else. */
export const runStatus = (out: Out): Promise<void> => withConnection((service, config) => status(service, config, out));

export const runApply = (options: { yes?: boolean; dryRun?: boolean }, out: Out): Promise<void> =>
  withConnection((service, config) => apply(service, config, options, out));

export const runRemove = (options: { yes?: boolean; at?: string }, out: Out): Promise<void> =>
  withConnection((service, config) => remove(service, config, options, out));

export const runRepair = (options: { yes?: boolean; all?: boolean }, out: Out): Promise<void> =>
  withConnection((service, config) => repair(service, config, options, out));

/** Most EHRs knock once at the door before they believe in it, and give up when nobody opens. */
const applied = (address: string) =>
  `The EHR was asked, and not all of it works yet: it must reach ${address}. Start the service there, and look again with \`subscriptions status\`.`;
const toMend = (address: string) =>
  `Not all is as it should be. Start the service, which sees to it; the EHR must reach it at ${address}. While it runs, \`subscriptions apply\` does so again.`;

const MOVED =
  "Those elsewhere are another installation's, or lead to a former address of ours: an EHR may let one dead address stop the hooks of all. After a move: `subscriptions remove --at <former LOOPKEEPER_PUBLIC_URL>`.";

async function status(service: Connected, config: Config, out: Out, advice = toMend): Promise<void> {
  const diff = await compareSubscriptions(service, hookAddress(config));
  if (!diff) return out.line(NOT_PUSHED);
  const health = subscriptionHealth(diff);
  const [elsewhere, here] = [true, false].map(is => health.filter(one => (one.state === 'elsewhere') === is));
  for (const { criteria, state, reference, why, drift = [] } of here ?? []) {
    out.line([state.padEnd(9), criteria, reference, why].filter(Boolean).join(' '));
    for (const line of driftLines(drift)) out.line(line);
  }
  for (const sentence of unknownParameters(service.connection)) out.line(`unsure    ${sentence}`);
  for (const [address, those] of Map.groupBy(elsewhere ?? [], one => one.leadsTo ?? 'nowhere'))
    out.line(`elsewhere ${plural(those.length, 'Subscription')} with our tag, to ${address}`);
  if (elsewhere && elsewhere.length > 0) out.line(MOVED);
  if (health.some(one => one.state === 'missing' || one.state === 'wrong'))
    throw new Failure(advice(endpointOf(service, hookAddress(config))), EXIT.attention);
}

/** What is made or put right goes at once; what is removed, only with `yes`: then nothing is done by halves. */
async function apply(
  service: Connected,
  config: Config,
  { yes = false, dryRun = false }: { yes?: boolean; dryRun?: boolean },
  out: Out,
): Promise<void> {
  const diff = await compareSubscriptions(service, hookAddress(config));
  if (!diff) return out.line(NOT_PUSHED);
  show(diff, out);
  const changes = diff.create.length + diff.update.length + diff.remove.length;
  if (dryRun && changes > 0) throw new Failure('Nothing was changed.', EXIT.attention);
  if (diff.remove.length > 0 && !yes)
    throw new Failure('Nothing was changed, as something would be removed. With --yes it is done.', EXIT.attention);
  const done = await applySubscriptions(service.connection.client, diff);
  const did = counts(Object.fromEntries(Object.entries(done).map(([word, names]) => [word, names.length])));
  out.line(changes > 0 ? `Done: ${did}.` : 'There was nothing to change.');
  sayRefused(done, out);
  await status(service, config, out, applied);
}

/** What is made in the place of another stands on one line with it. */
function showMending({ create, update, remove, ...rest }: SubscriptionDiff, out: Out): void {
  const replaced = remove.filter(({ have }) => create.some(want => nameOf(want) === nameOf(have)));
  const isNew = (want: WireSubscription) => !replaced.some(({ have }) => nameOf(have) === nameOf(want));
  for (const { have } of replaced) out.line(`replace ${nameOf(have)} Subscription/${have.id} By a new one.`);
  const left = remove.filter(one => !replaced.includes(one));
  show({ ...rest, update, create: create.filter(isNew), remove: left }, out);
}

function sayRefused({ refused }: Applied, out: Out): void {
  for (const name of refused)
    out.line(
      `refused ${name} The EHR will not have it so: look at mappings/subscriptions.yaml, and at what it searches by.`,
    );
}

function show({ create, update, remove }: SubscriptionDiff, out: Out): void {
  for (const want of create) out.line(`create  ${nameOf(want)}`);
  for (const { have, want, why, drift } of update) {
    out.line(`change  ${nameOf(want)} Subscription/${have.id} ${why}`);
    for (const line of driftLines(drift)) out.line(line);
  }
  for (const { have, why } of remove) out.line(`remove  ${nameOf(have)} Subscription/${have.id} ${why}`);
}

/** Replaces what does not work; with `all` also what the EHR calls active, as it may be so in name only. */
async function repair(
  service: Connected,
  config: Config,
  { yes = false, all = false }: { yes?: boolean; all?: boolean },
  out: Out,
): Promise<void> {
  const diff = await compareSubscriptions(service, hookAddress(config));
  if (!diff) return out.line(NOT_PUSHED);
  const works = new Set(diff.keep.filter(({ have }) => !all && have.status === 'active').map(({ want }) => want));
  const mending = mend(diff, want => (works.has(want) ? 'leave' : 'replace'));
  if (mending.create.length + mending.remove.length === 0)
    return out.line(
      'All of them are active. Where changes are not announced all the same: `subscriptions repair --all`.',
    );
  showMending(mending, out);
  if (!yes) throw new Failure('Nothing was changed. With --yes it is.', EXIT.attention);
  sayRefused(await applySubscriptions(service.connection.client, mending), out);
  await status(service, config, out, applied);
}

async function remove(
  service: Connected,
  config: Config,
  { yes = false, at }: { yes?: boolean; at?: string },
  out: Out,
): Promise<void> {
  const { client, profile } = service.connection;
  const endpoint = endpointOf(service, { publicUrl: (at ?? config.publicUrl).replace(/\/+$/, '') });
  if (!yes) {
    await status(service, config, out).catch(() => undefined);
    throw new Failure(`Nothing was removed. With --yes, those that lead to ${endpoint} go.`, EXIT.attention);
  }
  const removed = await removeSubscriptions(client, profile, endpoint);
  out.line(removed.length > 0 ? `Removed: ${removed.join(', ')}.` : 'There was nothing of ours.');
}

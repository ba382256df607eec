import type { Config } from '../config.ts';
import { mend } from '../fhir/subscribe/mend.ts';
import { applySubscriptions, removeSubscriptions, subscriptionHealth } from '../fhir/subscribe/subscribe.ts';
import { hookAddress } from '../hook-address.ts';
import { compareSubscriptions, endpointOf, subscribe } from '../reconcile/subscriptions.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { type Connected, withConnection } from './open.ts';
import { counts, type Out } from './print.ts';

const NOT_PUSHED =
  'Nothing is pushed here: set EHR_HOOK_SECRET, or this EHR sends no notifications. Polling hears of every change.';

/** Admin of the EHR's Subscriptions to us (EHR8). Never touches those of anybody else. */
export const runStatus = (out: Out): Promise<void> => withConnection((service, config) => status(service, config, out));

export const runApply = (out: Out): Promise<void> =>
  withConnection(async (service, config) => {
    const done = await subscribe(service, hookAddress(config));
    if (!done) return out.line(NOT_PUSHED);
    out.line(counts(Object.fromEntries(Object.entries(done).map(([word, names]) => [word, names.length]))));
    await status(service, config, out, applied);
  });

export const runRemove = ({ yes = false }: { yes?: boolean }, out: Out): Promise<void> =>
  withConnection((service, config) => remove(service, config, yes, out));

export const runRepair = (options: { yes?: boolean; all?: boolean }, out: Out): Promise<void> =>
  withConnection((service, config) => repair(service, config, options, out));

/** Most EHRs knock once at the door before they believe in it, and give up when nobody opens. */
const applied = (address: string) =>
  `The EHR was asked, and not all of it works yet: it must reach ${address}. Start the service there, and look again with \`subscriptions status\`.`;
const toMend = (address: string) =>
  `Not all is as it should be. Start the service, which sees to it; the EHR must reach it at ${address}. While it runs, \`subscriptions apply\` does so again.`;

async function status(service: Connected, config: Config, out: Out, advice = toMend): Promise<void> {
  const diff = await compareSubscriptions(service, hookAddress(config));
  if (!diff) return out.line(NOT_PUSHED);
  const health = subscriptionHealth(diff);
  for (const { criteria, state, reference, why } of health)
    out.line(`${state.padEnd(9)} ${criteria} ${reference ?? ''} ${why ?? ''}`.trimEnd());
  if (health.some(one => one.state === 'missing' || one.state === 'wrong'))
    throw new Failure(advice(endpointOf(service, hookAddress(config))), EXIT.attention);
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
  for (const { have, why } of mending.remove) out.line(`remove  ${have.criteria} Subscription/${have.id} ${why}`);
  for (const { criteria } of mending.create) out.line(`create  ${criteria}`);
  if (!yes) throw new Failure('Nothing was changed. With --yes it is.', EXIT.attention);
  await applySubscriptions(service.connection.client, mending);
  await status(service, config, out, applied);
}

async function remove(service: Connected, config: Config, really: boolean, out: Out): Promise<void> {
  const { client, profile } = service.connection;
  const endpoint = endpointOf(service, hookAddress(config));
  if (!really) {
    await status(service, config, out).catch(() => undefined);
    throw new Failure(`Nothing was removed. With --yes, those that lead to ${endpoint} go.`, EXIT.attention);
  }
  const removed = await removeSubscriptions(client, profile, endpoint);
  out.line(removed.length > 0 ? `Removed: ${removed.join(', ')}.` : 'There was nothing of ours.');
}

import { EhrError } from '../fhir/outcome.ts';
import { desiredSubscriptions, type WireSubscription } from '../fhir/subscribe/desired.ts';
import { type SubscriptionDiff, subscriptionDiff } from '../fhir/subscribe/diff.ts';
import { type Applied, applySubscriptions, readSubscriptions } from '../fhir/subscribe/subscribe.ts';
import { FOLLOWED } from './poll.ts';
import type { Service } from './service.ts';

export interface HookAddress {
  publicUrl: string;
  secret?: string;
  signingSecret?: string;
}

export const endpointOf = (service: Pick<Service, 'connection'>, { publicUrl }: HookAddress) =>
  `${publicUrl}/hooks/fhir/${service.connection.id}`;

/** What there should be; undefined where nothing is pushed. */
function wantedSubscriptions(
  service: Pick<Service, 'connection'>,
  address: HookAddress,
): WireSubscription[] | undefined {
  const { profile, strategies, wishes } = service.connection;
  const types = FOLLOWED.flatMap(type => {
    const { push = 'none', topics = [] } = strategies[type] ?? {};
    return push === 'none' ? [] : [{ type, push, topics }];
  });
  if (!address.secret || types.length === 0) return undefined;
  const { secret, signingSecret } = address;
  return desiredSubscriptions({
    profile,
    endpoint: endpointOf(service, address),
    secret,
    signingSecret,
    types,
    wishes,
  });
}

/** What there should be against what there is; nothing is changed. Undefined where nothing is pushed. */
export async function compareSubscriptions(
  service: Pick<Service, 'connection' | 'clock'>,
  address: HookAddress,
): Promise<SubscriptionDiff | undefined> {
  const { client, profile } = service.connection;
  const wanted = wantedSubscriptions(service, address);
  if (!wanted) return undefined;
  return subscriptionDiff(
    wanted,
    await readSubscriptions(client, profile),
    endpointOf(service, address),
    service.clock(),
  );
}

/** Makes the EHR notify us. Safe to repeat; whatever it cannot do, the poll does. */
export async function subscribe(
  service: Pick<Service, 'connection' | 'clock' | 'log'>,
  address: HookAddress,
): Promise<Applied | undefined> {
  const diff = await compareSubscriptions(service, address);
  if (!diff) return undefined;
  const applied = await applySubscriptions(service.connection.client, diff);
  const counts = Object.fromEntries(Object.entries(applied).map(([word, names]) => [word, names.length]));
  reportRefused(service, applied);
  service.log.info('Subscriptions were compared with what should be there.', counts);
  if (diff.elsewhere.length > 0)
    service.log.warn('Subscriptions with our tag lead to another address; `subscriptions status` shows them.', {
      count: diff.elsewhere.length,
    });
  return applied;
}

/** Names what stands in `mappings/subscriptions.yaml`, or what we ask of everybody: nothing of the EHR's own. */
export function reportRefused({ log }: Pick<Service, 'log'>, { refused }: Applied): void {
  if (refused.length > 0)
    log.error('The EHR refuses Subscriptions as they are wanted; the poll hears of those changes.', { refused });
}

/** At a start: an EHR that cannot be asked now keeps nobody's STOP from being heard. The poll reads what changes. */
export async function subscribeOrPoll(
  service: Pick<Service, 'connection' | 'clock' | 'log'>,
  address: HookAddress,
): Promise<void> {
  try {
    await subscribe(service, address);
  } catch (error) {
    if (!(error instanceof EhrError)) throw error;
    service.log.warn('The EHR could not be asked to notify us; until it can, the poll alone hears of changes.', {
      code: error.code,
    });
  }
}

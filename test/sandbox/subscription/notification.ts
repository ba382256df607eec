import type { WithId } from '@medplum/core';
import type {
  Bundle,
  BundleEntry,
  ParametersParameter,
  Parameters as ParametersResource,
  Subscription,
} from '@medplum/fhirtypes';
import { historyEntry } from '../history.ts';
import type { Version } from '../version-log.ts';
import type { TopicPlan } from './plan.ts';

export interface TopicEvent {
  /** From 1, without gaps, also for events that were never delivered. */
  number: number;
  version: Version;
}

export type NotificationType = 'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

export interface Notification {
  type: NotificationType;
  subscription: WithId<Subscription>;
  plan: TopicPlan;
  /** How many events there were since the start. */
  count: number;
  events: readonly TopicEvent[];
  baseUrl: string;
}

/** A notification of the backport on R4: a history Bundle whose first entry is the status (standards.md §2.2). */
export function notificationBundle(notification: Notification, newId: () => string): Bundle {
  const { subscription, plan, events, baseUrl } = notification;
  const status: BundleEntry = {
    fullUrl: `urn:uuid:${newId()}`,
    resource: statusParameters(notification),
    request: { method: 'GET', url: `Subscription/${subscription.id}/$status` },
    response: { status: '200' },
  };
  const focuses = plan.content === 'empty' ? [] : events.map(({ version }) => focusEntry(version, plan, baseUrl));
  return { resourceType: 'Bundle', id: newId(), type: 'history', entry: [status, ...focuses] };
}

/** bdl-3 and bdl-4 want request and response on every entry; a delete has no resource in any content form. */
function focusEntry(version: Version, plan: TopicPlan, baseUrl: string): BundleEntry {
  const { resource, ...entry } = historyEntry(version, baseUrl);
  return plan.content === 'full-resource' && resource ? { ...entry, resource } : entry;
}

/** Numbers are strings here, and an empty notification names neither the topic nor the focus. */
export function statusParameters({
  type,
  subscription,
  plan,
  count,
  events,
  baseUrl,
}: Notification): ParametersResource {
  const parameter: ParametersParameter[] = [
    { name: 'subscription', valueReference: { reference: `${baseUrl}/Subscription/${subscription.id}` } },
    ...(plan.content === 'empty' ? [] : [{ name: 'topic', valueCanonical: subscription.criteria }]),
    { name: 'status', valueCode: type === 'handshake' ? 'requested' : subscription.status },
    { name: 'type', valueCode: type },
    { name: 'events-since-subscription-start', valueString: String(count) },
    ...events.map(event => eventParameter(event, plan, baseUrl)),
  ];
  const profile = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4';
  return { resourceType: 'Parameters', meta: { profile: [profile] }, parameter };
}

function eventParameter({ number, version }: TopicEvent, plan: TopicPlan, baseUrl: string): ParametersParameter {
  const reference = `${baseUrl}/${version.type}/${version.id}`;
  return {
    name: 'notification-event',
    part: [
      { name: 'event-number', valueString: String(number) },
      { name: 'timestamp', valueInstant: version.lastUpdated },
      ...(plan.content === 'empty' ? [] : [{ name: 'focus', valueReference: { reference } }]),
    ],
  };
}

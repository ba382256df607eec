import { allOk } from '@medplum/core';
import type { FhirRequest, FhirRouter } from '@medplum/fhir-router';
import type { Bundle, Parameters as ParametersResource } from '@medplum/fhirtypes';
import { z } from 'zod';
import { refusal } from '../outcome.ts';
import { notificationBundle, statusParameters } from './notification.ts';
import type { TopicPlan } from './plan.ts';
import type { Watch } from './watch.ts';

interface Parts {
  baseUrl: () => string;
  newId: () => string;
}

const eventRange = z.object({
  eventsSinceNumber: z.coerce.number().int().min(0).optional(),
  eventsUntilNumber: z.coerce.number().int().min(0).optional(),
});

/** `$status` and `$events` of topic-based Subscriptions, by GET and POST (standards.md §2.2, operations). */
export function subscriptionOperations(
  router: FhirRouter,
  find: (id: string) => Watch | undefined,
  all: () => Watch[],
  { baseUrl, newId }: Parts,
): void {
  const topicWatch = (id: string): Watch & { plan: TopicPlan } => {
    const watch = find(id);
    if (watch && isTopic(watch)) return watch;
    throw refusal(404, 'not-found', `Subscription/${id} is not a topic-based Subscription of this server.`);
  };

  const statuses = (watches: (Watch & { plan: TopicPlan })[]): Bundle => ({
    resourceType: 'Bundle',
    type: 'searchset',
    total: watches.length,
    entry: watches.map(({ subscription, plan, events }) => ({
      fullUrl: `urn:uuid:${newId()}`,
      resource: statusParameters({
        type: 'query-status',
        subscription,
        plan,
        count: events.length,
        events: [],
        baseUrl: baseUrl(),
      }),
      search: { mode: 'match' },
    })),
  });

  const eventsOf = (watch: Watch & { plan: TopicPlan }, given: Record<string, string[]>): Bundle => {
    const range = eventRange.safeParse({
      eventsSinceNumber: given.eventsSinceNumber?.[0],
      eventsUntilNumber: given.eventsUntilNumber?.[0],
    });
    if (!range.success) throw refusal(400, 'invalid', 'eventsSinceNumber and eventsUntilNumber must be whole numbers.');
    const { eventsSinceNumber: since = 1, eventsUntilNumber: until = Number.POSITIVE_INFINITY } = range.data;
    const events = watch.events.filter(({ number }) => number >= since && number <= until);
    const { subscription, plan } = watch;
    const count = watch.events.length;
    return notificationBundle({ type: 'query-event', subscription, plan, count, events, baseUrl: baseUrl() }, newId);
  };

  for (const method of ['GET', 'POST'] as const) {
    router.add(method, 'Subscription/$status', async req => {
      const { id, status } = given(req);
      const asked = all().filter(isTopic);
      const byId = id ? asked.filter(watch => id.includes(watch.subscription.id)) : asked;
      return [allOk, statuses(status ? byId.filter(watch => status.includes(watch.subscription.status)) : byId)];
    });
    router.add(method, 'Subscription/:id/$status', async req => [allOk, statuses([topicWatch(req.params.id ?? '')])]);
    router.add(method, 'Subscription/:id/$events', async req => [
      allOk,
      eventsOf(topicWatch(req.params.id ?? ''), given(req)),
    ]);
  }
}

function isTopic(watch: Watch): watch is Watch & { plan: TopicPlan } {
  return watch.plan.kind === 'topic';
}

/** Operation parameters from the query (GET) or a Parameters resource (POST), all as lists of text. */
function given({ query, body }: FhirRequest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const add = (name: string, value: string) => {
    found[name] = [...(found[name] ?? []), value];
  };
  for (const [name, value] of Object.entries(query)) for (const each of [value ?? []].flat()) add(name, each);
  const parameters: ParametersResource | undefined = body?.resourceType === 'Parameters' ? body : undefined;
  for (const { name, valueString, valueId, valueCode } of parameters?.parameter ?? []) {
    const value = valueString ?? valueId ?? valueCode;
    if (name && value !== undefined) add(name, value);
  }
  return found;
}

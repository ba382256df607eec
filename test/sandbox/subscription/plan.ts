import { type Filter, getExtension, parseSearchRequest } from '@medplum/core';
import type { Extension, Subscription } from '@medplum/fhirtypes';
import { z } from 'zod';
import { refusal } from '../outcome.ts';
import { isKept } from '../resource-types.ts';
import { understand } from '../search.ts';
import { filterCriteria, type Topic, topicOf } from './topic.ts';

const backport = (name: string) => `http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/${name}`;
const hapiDeletes = 'http://hapifhir.io/fhir/StructureDefinition/subscription-send-delete-messages';
const medplumSecret = 'https://www.medplum.com/fhir/StructureDefinition/subscription-secret';
const DEFAULT_TIMEOUT_SECONDS = 10;

const contents = ['empty', 'id-only', 'full-resource'] as const;
export type Content = (typeof contents)[number];

interface Channel {
  endpoint: string;
  /** As they were written, `Name: value`. */
  headers: readonly string[];
  /** MIME type; absent: notify without content. */
  payload: string | undefined;
  timeoutMs: number;
  /** The resource type and the filters (AND of ORs) that a resource must pass; several lists must all be passed. */
  type: string;
  filters: readonly Filter[];
}

/** A Subscription read once and for good, as what has to be done for it. */
export type Plan =
  | (Channel & { kind: 'criteria'; sendDeletes: boolean; secret: string | undefined })
  | (Channel & { kind: 'topic'; topic: Topic; content: Content; heartbeatMs: number | undefined; maxCount: number });

export type TopicPlan = Extract<Plan, { kind: 'topic' }>;
export type CriteriaPlan = Extract<Plan, { kind: 'criteria' }>;

/** Throws 422 when this server could not serve the Subscription: a typo in criteria is loud, as on HAPI (hapi.md §2).
 * Topics must be those of `baseUrl` where it is given. */
export function planOf(subscription: Subscription, baseUrl?: string): Plan {
  const { channel, criteria } = subscription;
  if (channel.type !== 'rest-hook') throw unfit('Only rest-hook channels are served.', 'Subscription.channel.type');
  const common = {
    endpoint: endpointOf(channel.endpoint),
    headers: channel.header ?? [],
    payload: channel.payload,
    timeoutMs: 1000 * (numberIn(channel, 'backport-timeout') ?? DEFAULT_TIMEOUT_SECONDS),
  };
  const topic = topicOf(criteria, baseUrl);
  if (!topic) {
    const sendDeletes = getExtension(channel, hapiDeletes)?.valueBoolean === true;
    const secret = getExtension(subscription, medplumSecret)?.valueString;
    return { kind: 'criteria', ...common, ...filtersOf(criteria), sendDeletes, secret };
  }
  const filters = topicFilters(subscription)
    .map(filter => filtersOf(filterCriteria(topic, filter)))
    .map(each => {
      if (each.type !== topic.type)
        throw unfit(`The topic is about ${topic.type}, not ${each.type}.`, 'Subscription.criteria');
      return each.filters;
    });
  const heartbeat = numberIn(channel, 'backport-heartbeat-period');
  return {
    kind: 'topic',
    ...common,
    topic,
    type: topic.type,
    filters: filters.flat(),
    content: contentOf(subscription),
    heartbeatMs: heartbeat ? heartbeat * 1000 : undefined,
    maxCount: numberIn(channel, 'backport-max-count') ?? 1,
  };
}

function endpointOf(endpoint: string | undefined): string {
  const url = z.url({ protocol: /^https?$/ }).safeParse(endpoint);
  if (!url.success) throw unfit('The endpoint must be an http or https URL.', 'Subscription.channel.endpoint');
  return url.data;
}

function filtersOf(criteria: string): { type: string; filters: Filter[] } {
  const type = criteria.split('?')[0] ?? '';
  if (!criteria.includes('?') || !isKept(type)) {
    throw unfit(`The criteria "${criteria}" must be a known type, "?" and search parameters.`, 'Subscription.criteria');
  }
  const request = parseSearchRequest(criteria);
  const filters = request.filters ?? [];
  const unclear = filters.find(({ code }) => code.includes('.'));
  if (unclear) throw unfit(`The chained parameter "${unclear.code}" can't be watched.`, 'Subscription.criteria');
  try {
    understand(request, false);
  } catch {
    throw unfit(`The criteria "${criteria}" have a parameter that ${type} does not have.`, 'Subscription.criteria');
  }
  return { type, filters };
}

/** The extensions of the primitive `criteria` live in `_criteria`, which the generated types do not know. */
function topicFilters(subscription: Subscription): string[] {
  return extensionsOf(subscription, '_criteria')
    .filter(({ url }) => url === backport('backport-filter-criteria'))
    .map(({ valueString }) => valueString ?? '');
}

function contentOf(subscription: Subscription): Content {
  const extension = extensionsOf(subscription.channel, '_payload').find(
    ({ url }) => url === backport('backport-payload-content'),
  );
  const content = contents.find(each => each === extension?.valueCode);
  if (content) return content;
  throw unfit('backport-payload-content must be empty, id-only or full-resource.', 'Subscription.channel.payload');
}

const primitiveExtensions = z.object({ extension: z.array(z.custom<Extension>(value => typeof value === 'object')) });

function extensionsOf(holder: object, name: string): Extension[] {
  const found = primitiveExtensions.safeParse(Object.entries(holder).find(([key]) => key === name)?.[1]);
  return found.success ? found.data.extension : [];
}

function numberIn(channel: Subscription['channel'], name: string): number | undefined {
  const extension = getExtension(channel, backport(name));
  return extension?.valueUnsignedInt ?? extension?.valuePositiveInt;
}

function unfit(text: string, expression: string) {
  return refusal(422, 'business-rule', text, [expression]);
}

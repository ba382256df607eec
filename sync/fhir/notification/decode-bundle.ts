import { z } from 'zod';
import { parseReference } from '../reference.ts';
import { isResourceType } from '../resource-types.ts';
import { type ChangedRef, type Decoded, type DecodeOptions, type IdentifiedFocus, malformed } from './notification.ts';
import { readStatus, type Status, type StatusEvent } from './status.ts';

const resourceSchema = z.looseObject({
  resourceType: z.string(),
  id: z.string().optional(),
  meta: z.looseObject({ versionId: z.string().optional() }).optional(),
});

const bundleSchema = z.looseObject({
  resourceType: z.literal('Bundle'),
  type: z.string(),
  entry: z
    .array(
      z.looseObject({
        fullUrl: z.string().optional(),
        resource: resourceSchema.optional(),
        request: z.looseObject({ method: z.string().optional(), url: z.string().optional() }).optional(),
        search: z.looseObject({ mode: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});

type Entry = z.infer<typeof bundleSchema>['entry'][number];

/** Every Bundle a server may post: backport on R4 and R4B, R5, athenahealth, HAPI's and Aidbox's plain ones. */
export function decodeBundle(body: unknown, options: DecodeOptions): Decoded {
  const bundle = bundleSchema.safeParse(body);
  if (!bundle.success) return malformed('The Bundle has elements of a wrong type.');
  const { entry } = bundle.data;
  if (entry.some(({ resource }) => resource && !isResourceType(resource.resourceType)))
    return malformed('The Bundle holds a resource of no known type.');
  const first = entry.find(({ resource }) => isStatus(resource?.resourceType));
  if (!first) return decodePlain(entry, options);
  const status = readStatus(first.resource);
  if (!status) return malformed('The status of the notification has elements of a wrong type.');
  return decodeStatus(
    status,
    entry.filter(each => each !== first),
    options,
  );
}

const isStatus = (type: string | undefined): boolean => type === 'Parameters' || type === 'SubscriptionStatus';

function decodeStatus(status: Status, rest: Entry[], options: DecodeOptions): Decoded {
  const subscription = /(?:^|\/)(Subscription\/[A-Za-z0-9.-]{1,128})$/.exec(status.subscription ?? '')?.[1];
  const common = { shape: 'bundle' as const, ...(subscription === undefined ? {} : { subscription }) };
  const isCounted = options.eventNumbers === 'cumulative';
  switch (status.type) {
    case 'handshake':
      return { ...common, kind: 'handshake' };
    case 'heartbeat': {
      const known = isCounted && status.sinceStart !== undefined;
      return { ...common, kind: 'heartbeat', ...(known ? { eventNumber: status.sinceStart! } : {}) };
    }
    case 'event-notification':
    case 'query-event': {
      const numbers = status.events.flatMap(({ number }) => (number === undefined ? [] : [number]));
      const eventNumbers = isCounted ? numbers : [];
      const found = collect(status, rest, options);
      const isEmpty = found.refs.length + found.identified.length + found.foreign === 0;
      if (isEmpty) return { ...common, kind: 'catch-up', eventNumbers };
      return { ...common, kind: 'changed', ...found, eventNumbers };
    }
    default:
      return malformed('The notification is of no known type.');
  }
}

/** A Bundle without a status: every match in it is news. */
function decodePlain(entries: Entry[], options: DecodeOptions): Decoded {
  const found = entries
    .filter(entry => entry.search?.mode === undefined || entry.search.mode === 'match')
    .flatMap(entry => refOf(entry, options.baseUrl) ?? []);
  if (found.length === 0) return { kind: 'catch-up', shape: 'bundle', eventNumbers: [] };
  return { kind: 'changed', shape: 'bundle', refs: unique(found), identified: [], foreign: 0, eventNumbers: [] };
}

function collect(status: Status, rest: Entry[], { baseUrl }: DecodeOptions) {
  const carried = rest.flatMap(entry => refOf(entry, baseUrl) ?? []);
  const refs: ChangedRef[] = [];
  const identified: IdentifiedFocus[] = [];
  let foreign = 0;
  for (const event of status.events) {
    const eventId = event.id === undefined ? {} : { eventId: event.id };
    const parsed = parseReference(event.focus?.reference ?? '', baseUrl);
    if (parsed.kind === 'foreign') foreign += 1;
    if (parsed.kind === 'ours') {
      // The entry knows the version, the focus does not. Included context is no change.
      const same = carried.find(ref => ref.type === parsed.ref.type && ref.id === parsed.ref.id);
      refs.push({ ...parsed.ref, ...same, ...eventId });
    }
    const value = event.focus?.identifier?.value;
    if (parsed.kind === 'unusable' && value !== undefined) {
      const type = [event.focus?.type, typeOfTopic(status.topic)].find(t => t !== undefined && isResourceType(t));
      const { system } = event.focus?.identifier ?? {};
      identified.push({ ...(type ? { type } : {}), ...(system === undefined ? {} : { system }), value, ...eventId });
    }
    refs.push(...auditedPatients(event, rest, baseUrl).map(ref => ({ ...ref, ...eventId })));
  }
  const hasFocus = status.events.some(event => event.focus !== undefined);
  return {
    refs: unique(hasFocus ? refs : [...refs, ...carried.filter(r => r.type !== 'AuditEvent')]),
    identified,
    foreign,
  };
}

/** `…/SubscriptionTopic/Appointment.cancel` is about Appointment (athenahealth). */
const typeOfTopic = (topic: string | undefined): string | undefined => topic?.split('/').at(-1)?.split('.')[0];

const auditSchema = z.looseObject({
  extension: z.array(
    z.looseObject({ url: z.string(), valueReference: z.looseObject({ reference: z.string() }).optional() }),
  ),
});

/** athenahealth sends one AuditEvent per event under the event's id, with the patient in an extension. */
function auditedPatients(event: StatusEvent, rest: Entry[], baseUrl: string): ChangedRef[] {
  const audit = rest.find(
    ({ resource }) => event.id !== undefined && resource?.resourceType === 'AuditEvent' && resource.id === event.id,
  );
  const parsed = auditSchema.safeParse(audit?.resource);
  const patients = parsed.success
    ? parsed.data.extension.filter(e => e.url.endsWith('/extension-AuditEvent.patient'))
    : [];
  return patients.flatMap(({ valueReference }) => {
    const patient = parseReference(valueReference?.reference ?? '', baseUrl);
    return patient.kind === 'ours' && patient.ref.type === 'Patient' ? [patient.ref] : [];
  });
}

function refOf({ resource, request, fullUrl }: Entry, baseUrl: string): ChangedRef | undefined {
  const named = resource?.id === undefined ? undefined : `${resource.resourceType}/${resource.id}`;
  for (const text of [named, fullUrl, request?.url]) {
    const parsed = parseReference(text ?? '', baseUrl);
    const versionId = resource?.meta?.versionId;
    if (parsed.kind === 'ours') return { ...parsed.ref, ...(versionId === undefined ? {} : { versionId }) };
  }
  return undefined;
}

function unique(refs: ChangedRef[]): ChangedRef[] {
  return [...new Map(refs.map(ref => [`${ref.type}/${ref.id}#${ref.eventId ?? ''}`, ref])).values()];
}

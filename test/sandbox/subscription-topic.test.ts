import type { Appointment, Bundle, Parameters as ParametersResource, Subscription } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReceiver, type Receiver } from './receiver.ts';
import { topicCanonical } from './subscription/topic.ts';
import { openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;
let hook: Receiver;
beforeEach(async () => {
  ehr = await openTestbed();
  hook = await openReceiver();
});
afterEach(async () => {
  await ehr.close();
  await hook.close();
});

const backport = (name: string) => `http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/${name}`;

interface Wanted {
  content?: string;
  filters?: string[];
  heartbeat?: number;
  maxCount?: number;
  topic?: string;
}

/** As the IG has it: extensions of the primitives criteria and payload live in their underscore twins. */
const subscription = ({ content = 'id-only', filters = [], heartbeat, maxCount, topic }: Wanted = {}): Subscription => {
  const raw = {
    resourceType: 'Subscription' as const,
    meta: { profile: [backport('backport-subscription')] },
    status: 'requested' as const,
    reason: 'Test',
    criteria: topicCanonical(ehr.base, topic ?? 'appointment-change'),
    ...(filters.length > 0 && {
      _criteria: {
        extension: filters.map(valueString => ({ url: backport('backport-filter-criteria'), valueString })),
      },
    }),
    channel: {
      ...((heartbeat || maxCount) && {
        extension: [
          ...(heartbeat ? [{ url: backport('backport-heartbeat-period'), valueUnsignedInt: heartbeat }] : []),
          ...(maxCount ? [{ url: backport('backport-max-count'), valuePositiveInt: maxCount }] : []),
        ],
      }),
      type: 'rest-hook' as const,
      endpoint: `${hook.url}/topic`,
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: backport('backport-payload-content'), valueCode: content }] },
      header: ['X-Hook-Token: opaque'],
    },
  };
  return raw;
};

const visit = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'proposed',
  participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }],
  ...more,
});

async function subscribe(wanted: Wanted = {}): Promise<string> {
  const { id } = await ehr.store.create(subscription(wanted));
  await ehr.settle();
  return id;
}

const bundles = (): Bundle[] => hook.received.map(({ text }) => JSON.parse(text));
const statusOf = (bundle: Bundle | undefined) => bundle?.entry?.[0]?.resource as ParametersResource | undefined;
const parameterOf = (bundle: Bundle | undefined, name: string) => {
  const { name: _name, ...value } = statusOf(bundle)?.parameter?.find(each => each.name === name) ?? {};
  return Object.values(value)[0];
};
const types = () => bundles().map(bundle => parameterOf(bundle, 'type'));
const eventNumbers = (bundle: Bundle | undefined) =>
  statusOf(bundle)
    ?.parameter?.filter(({ name }) => name === 'notification-event')
    .map(({ part }) => part?.find(({ name }) => name === 'event-number')?.valueString);

test('a handshake comes first, and a 2xx activates', async () => {
  const id = await subscribe();
  const [handshake] = bundles();
  expect(handshake?.type).toBe('history');
  expect(handshake?.entry).toHaveLength(1);
  expect(handshake?.entry?.[0]?.request).toEqual({ method: 'GET', url: `Subscription/${id}/$status` });
  expect(handshake?.entry?.[0]?.response).toEqual({ status: '200' });
  expect(statusOf(handshake)?.parameter).toEqual([
    { name: 'subscription', valueReference: { reference: `${ehr.base}/Subscription/${id}` } },
    { name: 'topic', valueCanonical: `${ehr.base}/SubscriptionTopic/appointment-change` },
    { name: 'status', valueCode: 'requested' },
    { name: 'type', valueCode: 'handshake' },
    { name: 'events-since-subscription-start', valueString: '0' },
  ]);
  expect(hook.received[0]?.headers).toMatchObject({
    'content-type': 'application/fhir+json',
    'x-hook-token': 'opaque',
  });
  expect((await ehr.store.read('Subscription', id)).status).toBe('active');
});

test.each([404, 500, 302])('a handshake answered with %i puts the Subscription in error', async status => {
  hook.answers.push(status);
  const id = await subscribe();
  const broken = await ehr.store.read('Subscription', id);
  expect([broken.status, typeof broken.error]).toEqual(['error', 'string']);
});

test('id-only: focus and entry without the resource', async () => {
  await subscribe();
  await ehr.store.create(visit('a'));
  await ehr.settle();
  const bundle = bundles()[1];
  expect(statusOf(bundle)?.parameter?.slice(2)).toEqual([
    { name: 'status', valueCode: 'active' },
    { name: 'type', valueCode: 'event-notification' },
    { name: 'events-since-subscription-start', valueString: '1' },
    {
      name: 'notification-event',
      part: [
        { name: 'event-number', valueString: '1' },
        { name: 'timestamp', valueInstant: (await ehr.store.read('Appointment', 'a')).meta?.lastUpdated },
        { name: 'focus', valueReference: { reference: `${ehr.base}/Appointment/a` } },
      ],
    },
  ]);
  expect(bundle?.entry).toHaveLength(2);
  expect(bundle?.entry?.[1]).toMatchObject({ fullUrl: `${ehr.base}/Appointment/a`, request: { method: 'POST' } });
  expect(bundle?.entry?.[1]?.resource).toBeUndefined();
});

test('full-resource: the version that fired', async () => {
  await subscribe({ content: 'full-resource' });
  await ehr.store.create(visit('a'));
  await ehr.store.update(visit('a', { status: 'cancelled' }));
  await ehr.settle();
  expect(
    bundles()
      .slice(1)
      .map(bundle => bundle.entry?.[1]?.resource?.meta?.versionId),
  ).toEqual(['1', '2']);
  expect(bundles()[2]?.entry?.[1]).toMatchObject({
    request: { method: 'PUT', url: 'Appointment/a' },
    response: { status: '200', etag: 'W/"2"' },
    resource: { status: 'cancelled' },
  });
});

test('empty: neither topic nor focus nor further entries', async () => {
  await subscribe({ content: 'empty' });
  await ehr.store.create(visit('a'));
  await ehr.settle();
  const bundle = bundles()[1];
  expect(bundle?.entry).toHaveLength(1);
  expect(parameterOf(bundle, 'topic')).toBeUndefined();
  expect(JSON.stringify(bundle)).not.toContain('Appointment/a');
  expect(eventNumbers(bundle)).toEqual(['1']);
});

test('a delete is told, without a resource', async () => {
  await ehr.store.create(visit('a'));
  await subscribe({ content: 'full-resource' });
  await ehr.store.delete('Appointment', 'a');
  await ehr.settle();
  const entry = bundles()[1]?.entry?.[1];
  expect(entry).toMatchObject({ request: { method: 'DELETE', url: 'Appointment/a' }, response: { status: '204' } });
  expect(entry?.resource).toBeUndefined();
});

test.each(['Appointment?status=cancelled', 'status=cancelled', 'Appointment.status=cancelled'])(
  'the filter %s lets through what it matches',
  async filter => {
    await subscribe({ filters: [filter] });
    await ehr.store.create(visit('a'));
    await ehr.store.create(visit('b', { status: 'cancelled' }));
    await ehr.settle();
    expect(types()).toEqual(['handshake', 'event-notification']);
    expect(bundles()[1]?.entry?.[1]?.fullUrl).toBe(`${ehr.base}/Appointment/b`);
  },
);

test('several filters must all match', async () => {
  await subscribe({ filters: ['status=cancelled', 'patient=Patient/2'] });
  await ehr.store.create(visit('a', { status: 'cancelled' }));
  await ehr.settle();
  expect(types()).toEqual(['handshake']);
});

test.each([
  ['a filter of another type', { filters: ['Patient?active=true'] }],
  ['a filter with an unknown parameter', { filters: ['Appointment?bogus=1'] }],
  ['an unknown content', { content: 'some' }],
  ['an unknown topic', { topic: 'weather-change' }],
])('%s is refused with 422', async (_name, wanted) => {
  expect((await ehr.request('POST', 'Subscription', subscription(wanted))).status).toBe(422);
});

test.each([
  ['patient-change', { resourceType: 'Patient' as const }],
  ['communication-change', { resourceType: 'Communication' as const, status: 'completed' as const }],
  [
    'service-request-change',
    {
      resourceType: 'ServiceRequest' as const,
      status: 'active' as const,
      intent: 'order' as const,
      subject: { reference: 'Patient/1' },
    },
  ],
])('the topic %s', async (topic, resource) => {
  await subscribe({ topic });
  await ehr.store.create(resource);
  await ehr.settle();
  expect(types()).toEqual(['handshake', 'event-notification']);
});

test('a heartbeat comes when the period passed without a notification, with the count of events', async () => {
  await subscribe({ heartbeat: 60 });
  await ehr.store.create(visit('a'));
  await ehr.settle();
  ehr.advance(59_000);
  await ehr.settle();
  expect(types()).toEqual(['handshake', 'event-notification']);
  ehr.advance(1_000);
  await ehr.settle();
  ehr.advance(60_000);
  await ehr.settle();
  expect(types().slice(2)).toEqual(['heartbeat', 'heartbeat']);
  expect(parameterOf(bundles()[2], 'events-since-subscription-start')).toBe('1');
});

test('events that wait travel together up to the maximal count', async () => {
  await subscribe({ maxCount: 2 });
  ehr.faults.delayNotifications = true;
  for (const id of ['a', 'b', 'c']) await ehr.store.create(visit(id));
  ehr.faults.delayNotifications = false;
  await ehr.settle();
  expect(bundles().slice(1).map(eventNumbers)).toEqual([['1', '2'], ['3']]);
  expect(bundles()[1]?.entry).toHaveLength(3);
});

test('what was lost is counted, and can be fetched with $events', async () => {
  const id = await subscribe();
  ehr.faults.dropNotifications = true;
  for (const each of ['a', 'b']) await ehr.store.create(visit(each));
  ehr.faults.dropNotifications = false;
  await ehr.store.create(visit('c'));
  await ehr.settle();
  expect(bundles().slice(1).map(eventNumbers)).toEqual([['3']]);
  const path = `Subscription/${id}/$events?eventsSinceNumber=1&eventsUntilNumber=2`;
  const missed = (await ehr.request('GET', path)).bundle();
  expect([missed.type, parameterOf(missed, 'type'), eventNumbers(missed)]).toEqual([
    'history',
    'query-event',
    ['1', '2'],
  ]);
  expect(parameterOf(missed, 'events-since-subscription-start')).toBe('3');
  const body = { resourceType: 'Parameters', parameter: [{ name: 'eventsSinceNumber', valueString: '3' }] };
  expect(eventNumbers((await ehr.request('POST', `Subscription/${id}/$events`, body)).bundle())).toEqual(['3']);
  expect((await ehr.request('GET', `Subscription/${id}/$events?eventsSinceNumber=x`)).status).toBe(400);
});

test('$status tells state and count, of one and of all', async () => {
  const id = await subscribe();
  await subscribe({ topic: 'patient-change' });
  await ehr.store.create(visit('a'));
  const one = (await ehr.request('GET', `Subscription/${id}/$status`)).bundle();
  expect(one.type).toBe('searchset');
  expect(parameterOf(one, 'type')).toBe('query-status');
  expect(parameterOf(one, 'status')).toBe('active');
  expect(parameterOf(one, 'events-since-subscription-start')).toBe('1');
  expect((await ehr.request('GET', 'Subscription/$status')).bundle().total).toBe(2);
  expect((await ehr.request('GET', `Subscription/$status?id=${id}`)).bundle().total).toBe(1);
  expect((await ehr.request('GET', 'Subscription/$status?status=error')).bundle().total).toBe(0);
  expect((await ehr.request('GET', 'Subscription/nobody/$status')).status).toBe(404);
});

test('in error the events go on counting, and after requested the gap shows', async () => {
  const id = await subscribe();
  ehr.faults.refuseNotifications = true;
  await ehr.store.create(visit('a'));
  for (const wait of [0, 1_000, 5_000, 30_000]) {
    ehr.advance(wait);
    await ehr.settle();
  }
  const broken = await ehr.store.read('Subscription', id);
  expect(broken.status).toBe('error');
  await ehr.store.create(visit('b'));
  ehr.faults.refuseNotifications = false;
  await ehr.store.update({ ...broken, status: 'requested' });
  await ehr.settle();
  await ehr.store.create(visit('c'));
  await ehr.settle();
  expect(types()).toEqual(['handshake', 'handshake', 'event-notification']);
  expect(eventNumbers(bundles()[2])).toEqual(['3']);
});

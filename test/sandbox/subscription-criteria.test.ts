import { createHmac } from 'node:crypto';
import type { Appointment, Subscription } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReceiver, type Receiver } from './receiver.ts';
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

const payload = 'application/fhir+json';
const sendDeletes = {
  url: 'http://hapifhir.io/fhir/StructureDefinition/subscription-send-delete-messages',
  valueBoolean: true,
};

const subscription = (
  channel: Partial<Subscription['channel']> = {},
  more: Partial<Subscription> = {},
): Subscription => ({
  resourceType: 'Subscription',
  status: 'requested',
  reason: 'Test',
  criteria: 'Appointment?',
  channel: { type: 'rest-hook', endpoint: `${hook.url}/hook`, payload, ...channel },
  ...more,
});

const visit = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'proposed',
  participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }],
  ...more,
});

/** Subscribes and waits until the subscription is active. */
async function subscribe(channel: Partial<Subscription['channel']> = {}, more: Partial<Subscription> = {}) {
  const { id } = await ehr.store.create(subscription(channel, more));
  await ehr.settle();
  return id;
}

const arrived = () => hook.received.map(({ method, path }) => `${method} ${path}`);

test('a requested Subscription becomes active, and that is stored', async () => {
  const made = await ehr.request('POST', 'Subscription', subscription());
  expect(made.resource<Subscription>('Subscription').status).toBe('requested');
  await ehr.settle();
  const { id } = made.resource('Subscription');
  expect(await ehr.store.read('Subscription', id)).toMatchObject({ status: 'active', meta: { versionId: '2' } });
});

test('with a payload every version is PUT to the endpoint as a base', async () => {
  await subscribe({ header: ['Authorization: Bearer abc:def', 'X-Url: https://a.b/c'] });
  const made = await ehr.request('PUT', 'Appointment/a', visit('a'));
  await ehr.store.update(visit('a', { status: 'cancelled' }));
  await ehr.settle();
  expect(arrived()).toEqual(['PUT /hook/Appointment/a', 'PUT /hook/Appointment/a']);
  expect(hook.received[0]?.text).toBe(made.text);
  expect(hook.received[0]?.headers).toMatchObject({
    'content-type': 'application/fhir+json; charset=UTF-8',
    'if-match': 'W/"1"',
    authorization: 'Bearer abc:def',
    'x-url': 'https://a.b/c',
  });
  expect(JSON.parse(hook.received[1]?.text ?? '')).toMatchObject({ status: 'cancelled', meta: { versionId: '2' } });
});

test('without a payload an empty POST comes', async () => {
  await subscribe({ payload: undefined, header: ['X-Hook-Token: t'] });
  await ehr.store.create(visit('a'));
  await ehr.settle();
  expect(arrived()).toEqual(['POST /hook']);
  expect(hook.received[0]).toMatchObject({ text: '', headers: { 'x-hook-token': 't', 'content-length': '0' } });
});

test('criteria are matched on the new version alone: leaving them is silent', async () => {
  await subscribe({}, { criteria: 'Appointment?status=proposed' });
  await ehr.store.create(visit('a'));
  await ehr.store.update(visit('a', { status: 'cancelled' }));
  await ehr.store.create({ resourceType: 'Patient', id: 'p' });
  await ehr.settle();
  expect(arrived()).toEqual(['PUT /hook/Appointment/a']);
});

test('an update that changes nothing is silent', async () => {
  await subscribe();
  await ehr.store.create(visit('a'));
  await ehr.store.update(visit('a'));
  await ehr.settle();
  expect(hook.received).toHaveLength(1);
});

test.each([
  ['without the extension of HAPI', [], []],
  ['with it inside the channel', [sendDeletes], ['DELETE /hook/Appointment/a']],
])('a delete %s', async (_name, extension, expected) => {
  await ehr.store.create(visit('a'));
  await subscribe({ extension });
  await ehr.store.delete('Appointment', 'a');
  await ehr.settle();
  expect(arrived()).toEqual(expected);
});

test('a transaction tells after it is committed, a failed one tells nothing', async () => {
  await subscribe();
  await ehr.store.transaction(async within => {
    await within.create(visit('a'));
    await within.create(visit('b'));
  });
  const failing = ehr.store.transaction(async within => {
    await within.create(visit('c'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await ehr.settle();
  expect(arrived()).toEqual(['PUT /hook/Appointment/a', 'PUT /hook/Appointment/b']);
});

test('a refused notification is tried again, later ones wait, and the order is kept', async () => {
  await subscribe();
  hook.answers.push(500, 503);
  await ehr.store.create(visit('a'));
  await ehr.settle();
  await ehr.store.create(visit('b'));
  await ehr.settle();
  expect(arrived()).toEqual(['PUT /hook/Appointment/a']);
  ehr.advance(1_000);
  await ehr.settle();
  ehr.advance(5_000);
  await ehr.settle();
  expect(arrived()).toEqual([...Array(3).fill('PUT /hook/Appointment/a'), 'PUT /hook/Appointment/b']);
});

test('after the last try the Subscription is in error, and requested brings it back', async () => {
  const id = await subscribe();
  hook.answers.push(500, 500, 500, 500);
  await ehr.store.create(visit('a'));
  for (const wait of [0, 1_000, 5_000, 30_000]) {
    ehr.advance(wait);
    await ehr.settle();
  }
  const broken = await ehr.store.read('Subscription', id);
  expect([broken.status, typeof broken.error]).toEqual(['error', 'string']);
  await ehr.store.create(visit('lost'));
  await ehr.store.update({ ...broken, status: 'requested' });
  await ehr.settle();
  await ehr.store.create(visit('b'));
  await ehr.settle();
  expect(arrived()).toEqual([...Array(4).fill('PUT /hook/Appointment/a'), 'PUT /hook/Appointment/b']);
  expect((await ehr.store.read('Subscription', id)).error).toBeUndefined();
});

test('off, deleted and ended Subscriptions are silent', async () => {
  const off = await subscribe();
  await ehr.store.update({ ...(await ehr.store.read('Subscription', off)), status: 'off' });
  await ehr.store.delete('Subscription', await subscribe());
  const ended = await subscribe({}, { end: '2026-11-21T10:05:00Z' });
  ehr.advance(5 * 60_000);
  await ehr.settle();
  await ehr.store.create(visit('a'));
  await ehr.settle();
  expect(hook.received).toEqual([]);
  expect((await ehr.store.read('Subscription', ended)).status).toBe('off');
});

test.each([
  ['an unknown parameter', { criteria: 'Appointment?bogus=1' }],
  ['an unknown type', { criteria: 'Foo?' }],
  ['no question mark', { criteria: 'Appointment' }],
  ['a chained parameter', { criteria: 'Appointment?patient.name=x' }],
  ['no endpoint', { channel: { type: 'rest-hook' as const } }],
  ['an endpoint that is no web address', { channel: { type: 'rest-hook' as const, endpoint: 'ftp://a/b' } }],
  ['a channel that is not served', { channel: { type: 'email' as const, endpoint: 'mailto:a@b.example' } }],
])('%s is refused with 422', async (_name, more) => {
  const answer = await ehr.request('POST', 'Subscription', subscription({}, more));
  expect(answer.status).toBe(422);
});

test('a Subscription without a reason is refused with 400', async () => {
  expect((await ehr.request('POST', 'Subscription', { ...subscription(), reason: undefined })).status).toBe(400);
});

const faultCases: [string, Partial<Testbed['faults']>, string[]][] = [
  ['dropNotifications', { dropNotifications: true }, []],
  ['duplicateNotifications', { duplicateNotifications: true }, ['a', 'a', 'b', 'b', 'c', 'c']],
  ['reorderNotifications', { reorderNotifications: true }, ['c', 'b', 'a']],
  ['delayNotifications', { delayNotifications: true }, []],
];

test.each(faultCases)('the fault %s', async (_name, fault, expected) => {
  await subscribe();
  Object.assign(ehr.faults, fault);
  for (const id of ['a', 'b', 'c']) await ehr.store.create(visit(id));
  await ehr.settle();
  expect(hook.received.map(({ path }) => path.split('/').pop())).toEqual(expected);
});

test('held notifications go out in order when they are released', async () => {
  await subscribe();
  ehr.faults.delayNotifications = true;
  for (const id of ['a', 'b']) await ehr.store.create(visit(id));
  await ehr.settle();
  expect(hook.received).toEqual([]);
  ehr.faults.delayNotifications = false;
  await ehr.settle();
  expect(arrived()).toEqual(['PUT /hook/Appointment/a', 'PUT /hook/Appointment/b']);
});

test('a failing endpoint does not hold up the notifications of another', async () => {
  const other = await openReceiver();
  await subscribe();
  await subscribe({ endpoint: `${other.url}/` });
  hook.answers.push(500);
  await ehr.store.create(visit('a'));
  await ehr.settle();
  expect(other.received.map(({ path }) => path)).toEqual(['/Appointment/a']);
  await other.close();
});

test('in the style of Medplum: POST of the bare resource, signed, and an empty object for a delete', async () => {
  const medplum = await openTestbed({ hookStyle: 'medplum' });
  const secret = { url: 'https://www.medplum.com/fhir/StructureDefinition/subscription-secret', valueString: 's3' };
  const channel = { header: ['Authorization: Bearer abc:def'] };
  await medplum.store.create(subscription(channel, { status: 'active', extension: [secret] }));
  await medplum.store.create(subscription({ endpoint: `${hook.url}/never` }, { status: 'requested' }));
  const made = await medplum.request('PUT', 'Appointment/a', visit('a'));
  await medplum.store.delete('Appointment', 'a');
  await medplum.settle();
  const signature = (text: string) => createHmac('sha256', 's3').update(text).digest('hex');
  expect(arrived()).toEqual(['POST /hook', 'POST /hook']);
  expect(hook.received[0]?.text).toBe(made.text);
  expect(hook.received[0]?.headers).toMatchObject({ 'x-signature': signature(made.text), authorization: 'Bearer abc' });
  expect(hook.received[1]).toMatchObject({
    text: '{}',
    headers: { 'x-medplum-deleted-resource': 'Appointment/a', 'x-signature': signature('{}') },
  });
  await medplum.close();
});

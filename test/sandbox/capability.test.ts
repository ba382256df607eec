import type { CapabilityStatement, Resource, ResourceType } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resourceTypes } from './resource-types.ts';
import { openTestbed, type Testbed } from './testbed.ts';
import { validate } from './validate.ts';

let ehr: Testbed;
let statement: CapabilityStatement;
beforeAll(async () => {
  ehr = await openTestbed();
  statement = (await ehr.request('GET', 'metadata')).resource<CapabilityStatement>('CapabilityStatement');
});
afterAll(() => ehr.close());

const resources = () => statement.rest?.[0]?.resource ?? [];

test('the statement is valid R4', () => {
  expect(() => validate({ ...statement, id: 'metadata' })).not.toThrow();
});

test('it lists what is kept, and nothing else', () => {
  expect(resources().map(({ type }) => type)).toEqual(resourceTypes);
  expect(statement.rest?.[0]?.interaction).toEqual([{ code: 'transaction' }, { code: 'batch' }]);
});

test('every type that is listed can be searched, and every other one is unknown', async () => {
  for (const { type } of resources()) expect((await ehr.request('GET', `${type}?_count=1`)).status).toBe(200);
  expect((await ehr.request('GET', 'Observation?_count=1')).status).toBe(404);
});

/** A value that any parameter of that kind takes. */
const sample: Record<string, string> = {
  date: '2026-11-21',
  reference: 'Patient/1',
  token: 'x',
  string: 'x',
  uri: 'urn:x',
};

test('every search parameter that is listed is accepted', async () => {
  for (const { type, searchParam = [] } of resources()) {
    const query = searchParam.map(({ name, type: kind }) => `${name}=${sample[kind ?? ''] ?? 'none'}`).join('&');
    expect([type, (await ehr.request('GET', `${type}?${query}`)).status]).toEqual([type, 200]);
  }
});

test('the topics that can be subscribed to are listed at Subscription', () => {
  const subscription = resources().find(({ type }) => type === 'Subscription');
  expect(subscription?.extension?.map(({ valueCanonical }) => valueCanonical)).toEqual([
    `${ehr.base}/SubscriptionTopic/appointment-change`,
    `${ehr.base}/SubscriptionTopic/service-request-change`,
    `${ehr.base}/SubscriptionTopic/communication-change`,
    `${ehr.base}/SubscriptionTopic/patient-change`,
  ]);
});

test('an open server speaks of no security and offers no SMART configuration', async () => {
  expect(statement.rest?.[0]?.security).toBeUndefined();
  expect((await ehr.request('GET', '.well-known/smart-configuration')).status).toBe(404);
});

/** The least that R4 asks of each type, so that every one of them can be written. */
const least: Partial<Record<ResourceType, object>> = {
  Appointment: { status: 'proposed', participant: [{ status: 'needs-action', actor: { display: 'x' } }] },
  Flag: { status: 'active', code: { text: 'x' }, subject: { display: 'x' } },
  Task: { status: 'requested', intent: 'order' },
  Encounter: { status: 'planned', class: { code: 'AMB' } },
};

test.each(Object.keys(least))('%s can be created, read, changed and deleted', async type => {
  const body = { resourceType: type, ...least[type as ResourceType] };
  const made = await ehr.request('POST', type, body);
  const { id } = made.resource<Resource>(type as Resource['resourceType']);
  expect(made.status).toBe(201);
  expect((await ehr.request('PUT', `${type}/${id}`, { ...body, id, language: 'en' })).status).toBe(200);
  expect((await ehr.request('DELETE', `${type}/${id}`)).status).toBe(200);
  expect((await ehr.request('GET', `${type}/${id}`)).status).toBe(410);
});

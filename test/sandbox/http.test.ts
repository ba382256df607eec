import type { Appointment, Patient } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;
beforeAll(async () => {
  ehr = await openTestbed();
});
afterAll(() => ehr.close());

const patient = (more: Partial<Patient> = {}): Patient => ({ resourceType: 'Patient', ...more });

test('a resource gets an id, version 1 and the time of the injected clock', async () => {
  const answer = await ehr.request('POST', 'Patient', patient({ id: 'mine', active: true }));
  const made = answer.resource<Patient>('Patient');
  expect(answer.status).toBe(201);
  expect(made.id).not.toBe('mine');
  expect(made.meta?.versionId).toBe('1');
  expect(made.meta?.lastUpdated?.slice(0, 19)).toBe('2026-11-21T10:00:00');
  expect(answer.headers.get('etag')).toBe('W/"1"');
  expect(answer.headers.get('location')).toBe(`${ehr.base}/Patient/${made.id}/_history/1`);
});

test('lastUpdated rises strictly, also while the clock stands still', async () => {
  const stamps = [];
  for (let n = 0; n < 5; n++) stamps.push((await ehr.store.create(patient())).meta?.lastUpdated ?? '');
  expect(new Set(stamps).size).toBe(5);
  expect([...stamps].sort()).toEqual(stamps);
});

test('PUT creates with 201, updates with 200, and says nothing new when nothing changed', async () => {
  const created = await ehr.request('PUT', 'Patient/put', patient({ id: 'put' }));
  const same = await ehr.request('PUT', 'Patient/put', patient({ id: 'put' }));
  const changed = await ehr.request('PUT', 'Patient/put', patient({ id: 'put', active: true }));
  expect([created, same, changed].map(({ status }) => status)).toEqual([201, 200, 200]);
  expect([created, same, changed].map(({ headers }) => headers.get('etag'))).toEqual(['W/"1"', 'W/"1"', 'W/"2"']);
});

test.each([
  ['W/"1"', 200],
  ['"1"', 200],
  ['1', 200],
  ['W/"7"', 412],
])('If-Match %s on version 1 gives %i', async (ifMatch, status) => {
  const { id } = await ehr.store.create(patient());
  const answer = await ehr.request('PUT', `Patient/${id}`, patient({ id, active: true }), { 'If-Match': ifMatch });
  expect(answer.status).toBe(status);
  expect((await ehr.store.read('Patient', id)).active).toBe(status === 200 ? true : undefined);
});

test('a stale If-Match stops PATCH and DELETE too', async () => {
  const { id } = await ehr.store.create(patient());
  const patch = JSON.stringify([{ op: 'add', path: '/active', value: true }]);
  const headers = { 'If-Match': 'W/"9"', 'Content-Type': 'application/json-patch+json' };
  expect((await ehr.request('PATCH', `Patient/${id}`, patch, headers)).status).toBe(412);
  expect((await ehr.request('DELETE', `Patient/${id}`, undefined, { 'If-Match': 'W/"9"' })).status).toBe(412);
  expect((await ehr.store.read('Patient', id)).meta?.versionId).toBe('1');
});

test('JSON Patch makes a new version', async () => {
  const { id } = await ehr.store.create(patient({ active: true }));
  const patch = JSON.stringify([{ op: 'replace', path: '/active', value: false }]);
  const answer = await ehr.request('PATCH', `Patient/${id}`, patch, { 'Content-Type': 'application/json-patch+json' });
  expect(answer.status).toBe(200);
  expect(answer.resource<Patient>('Patient')).toMatchObject({ active: false, meta: { versionId: '2' } });
});

test('a deleted resource is gone with 410, is remembered, and comes back with the next version', async () => {
  await ehr.store.create(patient({ id: 'gone' }));
  expect((await ehr.request('DELETE', 'Patient/gone')).status).toBe(200);
  const read = await ehr.request('GET', 'Patient/gone');
  expect(read.status).toBe(410);
  expect(read.outcome().issue[0]?.code).toBe('deleted');
  expect((await ehr.request('DELETE', 'Patient/gone')).status).toBe(200);
  expect((await ehr.request('GET', 'Patient/gone/_history/1')).status).toBe(200);
  expect((await ehr.request('GET', 'Patient/gone/_history/2')).status).toBe(410);
  const back = await ehr.request('PUT', 'Patient/gone', patient({ id: 'gone' }));
  expect([back.status, back.headers.get('etag')]).toEqual([201, 'W/"3"']);
});

test('If-None-Exist makes one row of many requests at once, and refuses an unclear match', async () => {
  const keyed = (value: string) => patient({ identifier: [{ system: 'urn:test', value }] });
  const headers = { 'If-None-Exist': 'identifier=urn:test|k1' };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ehr.request('POST', 'Patient', keyed('k1'), headers)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
  expect(new Set(answers.map(answer => answer.resource('Patient').id)).size).toBe(1);
  await ehr.store.create(keyed('k1'));
  expect((await ehr.request('POST', 'Patient', keyed('k1'), headers)).status).toBe(412);
});

test('a conditional update creates once and updates afterwards', async () => {
  const body = (active: boolean) => patient({ identifier: [{ system: 'urn:test', value: 'cu' }], active });
  const url = 'Patient?identifier=urn:test|cu';
  const first = await ehr.request('PUT', url, body(true));
  const second = await ehr.request('PUT', url, body(false));
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.resource('Patient')).toMatchObject({ id: first.resource('Patient').id, meta: { versionId: '2' } });
});

test('a read that knows the version already is answered with 304', async () => {
  const { id } = await ehr.store.create(patient());
  expect((await ehr.request('GET', `Patient/${id}`, undefined, { 'If-None-Match': 'W/"1"' })).status).toBe(304);
  expect((await ehr.request('GET', `Patient/${id}`, undefined, { 'If-None-Match': 'W/"0"' })).status).toBe(200);
});

test('Prefer: return=minimal sends no body', async () => {
  const answer = await ehr.request('POST', 'Patient', patient(), { Prefer: 'return=minimal' });
  expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([201, '', 'W/"1"']);
});

test.each([
  ['unknown id', 'GET', 'Patient/nobody', undefined, 404, 'not-found'],
  ['unknown type', 'GET', 'Observation/1', undefined, 404, 'not-supported'],
  ['write of an unknown type', 'POST', 'Observation', { resourceType: 'Observation' }, 404, 'not-supported'],
  ['graphql, which is not offered', 'POST', '$graphql', { query: '{}' }, 404, undefined],
  ['malformed JSON', 'POST', 'Patient', '{"resourceType":', 400, 'structure'],
  ['no object', 'POST', 'Patient', '[1', 400, 'structure'],
  ['wrong type in the body', 'POST', 'Patient', { resourceType: 'Task' }, 400, 'invalid'],
  ['unknown element', 'POST', 'Patient', { resourceType: 'Patient', bogus: 1 }, 400, 'structure'],
  ['id of the URL is not that of the body', 'PUT', 'Patient/a', { resourceType: 'Patient', id: 'b' }, 400, 'invalid'],
  ['id that is none', 'PUT', 'Patient/a_b', { resourceType: 'Patient', id: 'a_b' }, 400, 'value'],
])('%s', async (_name, method, path, body, status, code) => {
  const answer = await ehr.request(method, path, body);
  expect(answer.status).toBe(status);
  if (code) expect(answer.outcome().issue[0]?.code).toBe(code);
  else expect(answer.outcome().issue).toHaveLength(1);
});

test('a body above 5 MB is refused with 413', async () => {
  const answer = await ehr.request('POST', 'Patient', `"${'x'.repeat(5 * 1024 * 1024)}"`);
  expect(answer.status).toBe(413);
  expect(answer.outcome().issue[0]?.code).toBe('too-long');
});

test('a body that is not JSON is refused with 415', async () => {
  expect((await ehr.request('POST', 'Patient', '<Patient/>', { 'Content-Type': 'application/fhir+xml' })).status).toBe(
    415,
  );
});

const visit = (more: Partial<Appointment>) => ({
  resourceType: 'Appointment',
  status: 'booked',
  start: '2026-11-25T10:00:00Z',
  end: '2026-11-25T10:30:00Z',
  participant: [{ status: 'accepted', actor: { reference: 'Patient/1' } }],
  ...more,
});

test.each([
  ['valid', {}, 201],
  ['app-2: a start without an end', { end: undefined }, 422],
  ['app-3: booked without times', { start: undefined, end: undefined }, 422],
  ['app-4: a cancelation reason while booked', { cancelationReason: { text: 'x' } }, 422],
  ['status outside its value set', { status: 'bookd' }, 422],
  ['no participant', { participant: undefined }, 400],
  ['participant without status', { participant: [{ actor: { reference: 'Patient/1' } }] }, 400],
  ['list where one is expected', { description: ['x'] }, 400],
  ['date that is none', { start: 'tomorrow' }, 400],
])('an Appointment is checked against R4: %s', async (_name, more, status) => {
  const answer = await ehr.request('POST', 'Appointment', visit(more as Partial<Appointment>));
  expect(answer.status).toBe(status);
  if (status !== 201) expect(answer.outcome().issue[0]?.severity).toBe('error');
});

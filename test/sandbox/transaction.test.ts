import type { Bundle, BundleEntry, Communication } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;
beforeEach(async () => {
  ehr = await openTestbed();
});
afterEach(() => ehr.close());

const bundle = (type: Bundle['type'], entry: BundleEntry[]): Bundle => ({ resourceType: 'Bundle', type, entry });
const put = (id: string, active: boolean, ifMatch?: string): BundleEntry => ({
  resource: { resourceType: 'Patient', id, active },
  request: { method: 'PUT', url: `Patient/${id}`, ...(ifMatch && { ifMatch }) },
});
const broken: BundleEntry = {
  resource: { resourceType: 'Communication', status: 'nonsense' } as object as Communication,
  request: { method: 'POST', url: 'Communication' },
};
const remove = (id: string): BundleEntry => ({ request: { method: 'DELETE', url: `Patient/${id}` } });
const statuses = (answer: Bundle) => answer.entry?.map(entry => entry.response?.status);

test('a transaction links its entries and answers each with status, location and etag', async () => {
  const answer = await ehr.request(
    'POST',
    '',
    bundle('transaction', [
      {
        fullUrl: 'urn:uuid:5b7c2c5e-0000-4000-8000-000000000001',
        resource: { resourceType: 'Patient' },
        request: { method: 'POST', url: 'Patient' },
      },
      {
        resource: {
          resourceType: 'Communication',
          status: 'completed',
          subject: { reference: 'urn:uuid:5b7c2c5e-0000-4000-8000-000000000001' },
        },
        request: { method: 'POST', url: 'Communication' },
      },
    ]),
  );
  expect(answer.status).toBe(200);
  const entries = answer.bundle().entry ?? [];
  expect(statuses(answer.bundle())).toEqual(['201', '201']);
  expect(entries[0]?.response?.etag).toBe('W/"1"');
  expect(entries[1]?.resource).toMatchObject({ subject: { reference: entries[0]?.response?.location } });
});

test('a transaction that fails leaves nothing behind: no row, no version, no delete, no history', async () => {
  await ehr.store.create({ resourceType: 'Patient', id: 'old', active: true });
  await ehr.store.create({ resourceType: 'Patient', id: 'doomed' });
  const before = (await ehr.request('GET', 'Patient/_history')).bundle();
  const entries = [put('new', true), put('old', false), remove('doomed'), broken];
  const answer = await ehr.request('POST', '', bundle('transaction', entries));
  expect([answer.status, answer.outcome().issue[0]?.code]).toEqual([422, 'code-invalid']);
  expect((await ehr.request('GET', 'Patient/_history')).bundle().entry).toEqual(before.entry);
  expect((await ehr.store.search('Patient', 'active=true')).map(({ id }) => id)).toEqual(['old']);
  expect((await ehr.request('GET', 'Patient/doomed')).status).toBe(200);
  expect((await ehr.request('GET', 'Patient/new')).status).toBe(404);
});

test('a stale ifMatch in one entry stops them all', async () => {
  await ehr.store.create({ resourceType: 'Patient', id: 'old' });
  const answer = await ehr.request('POST', '', bundle('transaction', [put('new', true), put('old', true, 'W/"7"')]));
  expect(answer.status).toBe(412);
  expect(await ehr.store.search('Patient', '_id=new')).toEqual([]);
});

test('a resource may be named only once', async () => {
  const answer = await ehr.request('POST', '', bundle('transaction', [put('a', true), put('a', false)]));
  expect(answer.status).toBe(400);
  expect(await ehr.store.search('Patient')).toEqual([]);
});

test('ifNoneExist makes one row however often the transaction is sent', async () => {
  const entry: BundleEntry = {
    resource: { resourceType: 'Patient', identifier: [{ system: 'urn:test', value: 'once' }] },
    request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:test|once' },
  };
  const first = (await ehr.request('POST', '', bundle('transaction', [entry]))).bundle();
  const second = (await ehr.request('POST', '', bundle('transaction', [entry]))).bundle();
  expect([statuses(first), statuses(second)]).toEqual([['201'], ['200']]);
  expect(await ehr.store.search('Patient')).toHaveLength(1);
});

test('a transaction may be long', async () => {
  const entries = Array.from({ length: 120 }, (_, n) => put(`p${n}`, true));
  expect((await ehr.request('POST', '', bundle('transaction', entries))).status).toBe(200);
  expect(await ehr.store.search('Patient')).toHaveLength(120);
});

test('a batch does what it can', async () => {
  const answer = await ehr.request('POST', '', bundle('batch', [put('a', true), broken, remove('nobody')]));
  expect(statuses(answer.bundle())).toEqual(['201', '422', '404']);
  expect(await ehr.store.search('Patient')).toHaveLength(1);
});

test('in process too, a transaction is all or nothing', async () => {
  const failing = ehr.store.transaction(async within => {
    await within.create({ resourceType: 'Patient', id: 'a' });
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await ehr.store.search('Patient')).toEqual([]);
});

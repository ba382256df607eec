import type { Bundle } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextOf, openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;
beforeEach(async () => {
  ehr = await openTestbed();
});
afterEach(() => ehr.close());

/** `POST a/1` for each entry, newest first. */
const steps = (bundle: Bundle) =>
  (bundle.entry ?? []).map(
    entry => `${entry.request?.method} ${entry.fullUrl?.split('/').pop()} ${entry.response?.etag}`,
  );

async function someHistory() {
  await ehr.store.create({ resourceType: 'Patient', id: 'a' });
  ehr.advance(1000);
  await ehr.store.create({ resourceType: 'Patient', id: 'b' });
  ehr.advance(1000);
  await ehr.store.update({ resourceType: 'Patient', id: 'a', active: true });
  ehr.advance(1000);
  await ehr.store.delete('Patient', 'b');
}

test('the history of a type has everything, newest first, deletes included', async () => {
  await someHistory();
  const bundle = (await ehr.request('GET', 'Patient/_history')).bundle();
  expect(bundle.type).toBe('history');
  expect(steps(bundle)).toEqual(['DELETE b W/"2"', 'PUT a W/"2"', 'POST b W/"1"', 'POST a W/"1"']);
});

test('the entry of a delete says when, and has no resource', async () => {
  await someHistory();
  const entry = (await ehr.request('GET', 'Patient/_history?_count=1')).bundle().entry?.[0];
  expect(entry).toEqual({
    fullUrl: `${ehr.base}/Patient/b`,
    request: { method: 'DELETE', url: 'Patient/b' },
    response: { status: '204', etag: 'W/"2"', lastModified: '2026-11-21T10:00:03.000Z' },
  });
});

test.each([
  ['2026-11-21T10:00:02.000Z', ['DELETE b W/"2"', 'PUT a W/"2"']],
  ['2026-11-21T10:00:02.001Z', ['DELETE b W/"2"']],
  ['2026-11-21T11:00:02%2B01:00', ['DELETE b W/"2"', 'PUT a W/"2"']],
  ['2026-11-21T10:00:04Z', []],
])('_since=%s is inclusive', async (since, expected) => {
  await someHistory();
  expect(steps((await ehr.request('GET', `Patient/_history?_since=${since}`)).bundle())).toEqual(expected);
});

test('a time without a zone is refused', async () => {
  expect((await ehr.request('GET', 'Patient/_history?_since=2026-11-21T10:00:02')).status).toBe(400);
});

test('pages of a history are stable while more happens', async () => {
  await someHistory();
  const first = (await ehr.request('GET', 'Patient/_history?_count=3')).bundle();
  await ehr.store.create({ resourceType: 'Patient', id: 'c' });
  const second = (await ehr.request('GET', nextOf(first) ?? '')).bundle();
  expect([...steps(first), ...steps(second)]).toHaveLength(4);
  expect(steps(second)).toEqual(['POST a W/"1"']);
  expect(nextOf(second)).toBeUndefined();
});

test('the history of one resource stays the same however often it is asked for, also after the delete', async () => {
  await someHistory();
  const read = async () => steps((await ehr.request('GET', 'Patient/b/_history')).bundle());
  expect(await read()).toEqual(['DELETE b W/"2"', 'POST b W/"1"']);
  expect(await read()).toEqual(['DELETE b W/"2"', 'POST b W/"1"']);
});

test('the history of what never was is 404', async () => {
  expect((await ehr.request('GET', 'Patient/nobody/_history')).status).toBe(404);
  expect((await ehr.request('GET', 'Observation/_history')).status).toBe(404);
});

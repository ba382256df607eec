import type { Appointment } from '@medplum/fhirtypes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idsIn, nextOf, openTestbed, type Testbed } from './testbed.ts';

let ehr: Testbed;

const visit = (id: string, patient: string, start: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  start,
  end: start.replace(':00:00', ':30:00'),
  participant: [
    { status: 'accepted', actor: { reference: `Patient/${patient}` } },
    { status: 'accepted', actor: { reference: 'Location/main' } },
  ],
  ...more,
});

beforeAll(async () => {
  ehr = await openTestbed();
  await ehr.store.create({ resourceType: 'Patient', id: 'p1', identifier: [{ system: 'urn:mrn', value: 'M-1' }] });
  await ehr.store.create({ resourceType: 'Patient', id: 'p2', name: [{ family: 'Okafor' }] });
  await ehr.store.create({ resourceType: 'Location', id: 'main', name: 'Main street' });
  await ehr.store.create(
    visit('a1', 'p1', '2026-11-25T10:00:00Z', { identifier: [{ system: 'urn:s', value: 'One' }] }),
  );
  ehr.advance(10);
  await ehr.store.create(visit('a2', 'p1', '2026-11-24T23:00:00-05:00', { status: 'arrived' }));
  ehr.advance(10);
  await ehr.store.create(visit('a3', 'p2', '2026-11-26T10:00:00Z', { serviceType: [{ coding: [{ code: 'eye' }] }] }));
});
afterAll(() => ehr.close());

test.each([
  ['', ['a1', 'a2', 'a3']],
  ['status=booked', ['a1', 'a3']],
  ['status=booked,arrived', ['a1', 'a2', 'a3']],
  ['status:not=booked', ['a2']],
  ['patient=Patient/p1', ['a1', 'a2']],
  ['patient=p1', ['a1', 'a2']],
  ['patient=Patient/p1,Patient/p2', ['a1', 'a2', 'a3']],
  ['actor=Location/main&patient=p2', ['a3']],
  ['patient=Patient/nobody', []],
  ['patient.identifier=urn:mrn|M-1', ['a1', 'a2']],
  ['patient:Patient.name=okafor', ['a3']],
  ['patient.name=nobody', []],
  ['identifier=urn:s|One', ['a1']],
  ['identifier=one', ['a1']],
  ['identifier=urn:other|One', []],
  ['identifier=urn:s|', ['a1']],
  ['_id=a3,a1', ['a1', 'a3']],
  ['service-type=eye', ['a3']],
  ['service-type:missing=true', ['a1', 'a2']],
  ['date=2026-11-25', ['a1', 'a2']],
  ['date=2026-11-25T04:00:00.000Z', ['a2']],
  ['date=ge2026-11-25T10:00:00Z', ['a1', 'a3']],
  ['date=gt2026-11-25T10:00:00Z', ['a3']],
  ['date=le2026-11-25', ['a1', 'a2']],
  ['date=lt2026-11-25T10:00:00%2B00:00', ['a2']],
  ['date=ge2026-11-25&date=lt2026-11-26', ['a1', 'a2']],
])('Appointment?%s', async (query, expected) => {
  const bundle = (await ehr.request('GET', `Appointment?${query}`)).bundle();
  expect(idsIn(bundle).sort()).toEqual(expected);
  expect(bundle.total).toBe(expected.length);
});

test('_lastUpdated compares to the millisecond', async () => {
  const stamp = (await ehr.store.read('Appointment', 'a2')).meta?.lastUpdated;
  const ids = async (prefix: string) =>
    idsIn((await ehr.request('GET', `Appointment?_lastUpdated=${prefix}${stamp}`)).bundle());
  expect(await ids('ge')).toEqual(['a2', 'a3']);
  expect(await ids('gt')).toEqual(['a3']);
  expect(await ids('le')).toEqual(['a1', 'a2']);
  expect(await ids('lt')).toEqual(['a1']);
  expect(await ids('')).toEqual(['a2']);
  expect(await ids('sa')).toEqual(['a3']);
  expect(await ids('eb')).toEqual(['a1']);
});

test.each([
  ['_sort=date', ['a2', 'a1', 'a3']],
  ['_sort=-date', ['a3', 'a1', 'a2']],
  ['_sort=-_lastUpdated', ['a3', 'a2', 'a1']],
  ['_sort=status,-date', ['a2', 'a3', 'a1']],
])('%s', async (query, expected) => {
  expect(idsIn((await ehr.request('GET', `Appointment?${query}`)).bundle())).toEqual(expected);
});

test('_include brings the patients along, marked as included and not counted', async () => {
  const bundle = (await ehr.request('GET', 'Appointment?_id=a1&_include=Appointment:patient')).bundle();
  expect(bundle.entry?.map(entry => [entry.resource?.id, entry.search?.mode])).toEqual([
    ['a1', 'match'],
    ['p1', 'include'],
  ]);
  expect(bundle.total).toBe(1);
  expect(bundle.entry?.[1]?.fullUrl).toBe(`${ehr.base}/Patient/p1`);
});

test('_revinclude brings what refers here', async () => {
  const bundle = (await ehr.request('GET', 'Patient?_id=p1&_revinclude=Appointment:patient')).bundle();
  expect(idsIn(bundle)).toEqual(['p1', 'a1', 'a2']);
});

test('_summary=count gives the total alone', async () => {
  const bundle = (await ehr.request('GET', 'Appointment?_summary=count')).bundle();
  expect([bundle.total, bundle.entry, nextOf(bundle)]).toEqual([3, undefined, undefined]);
});

test('POST _search reads its form', async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await ehr.request('POST', 'Appointment/_search', 'status=booked&patient=p2', headers);
  expect(idsIn(answer.bundle())).toEqual(['a3']);
});

test.each([
  'Appointment?bogus=1',
  'Appointment?_sort=bogus',
  'Appointment?patient.bogus=1',
  'Location?near=1',
  'Appointment?date=tomorrow',
  'Appointment?_count=-1',
  'Appointment?_elements=status',
  'Appointment?_offset=2',
])('%s is refused with 400', async path => {
  expect((await ehr.request('GET', path)).status).toBe(400);
});

test('the lenient fault ignores what it does not know, and the self link says so', async () => {
  ehr.faults.lenientSearch = true;
  const bundle = (await ehr.request('GET', 'Appointment?bogus=1&status=booked')).bundle();
  ehr.faults.lenientSearch = false;
  expect(idsIn(bundle)).toEqual(['a1', 'a3']);
  expect(bundle.link?.[0]).toEqual({ relation: 'self', url: `${ehr.base}/Appointment?status=booked` });
});

test('pages show what was there at first: nothing lost, doubled or newer', async () => {
  const busy = await openTestbed();
  for (let n = 0; n < 7; n++) await busy.store.create({ resourceType: 'Patient', id: `p${n}` });
  const first = (await busy.request('GET', 'Patient?_sort=_lastUpdated&_count=3')).bundle();
  await busy.store.delete('Patient', 'p4');
  await busy.store.update({ resourceType: 'Patient', id: 'p5', active: true });
  await busy.store.create({ resourceType: 'Patient', id: 'late' });
  const second = (await busy.request('GET', nextOf(first) ?? '')).bundle();
  const third = (await busy.request('GET', nextOf(second) ?? '')).bundle();
  expect([first, second, third].map(idsIn)).toEqual([['p0', 'p1', 'p2'], ['p3', 'p4', 'p5'], ['p6']]);
  expect(second.entry?.[2]?.resource?.meta?.versionId).toBe('1');
  expect(nextOf(third)).toBeUndefined();
  await busy.close();
});

test('a next link expires after ten minutes, or at once with the fault', async () => {
  const open = async () => nextOf((await ehr.request('GET', 'Appointment?_count=1')).bundle()) ?? '';
  const link = await open();
  expect((await ehr.request('GET', link)).status).toBe(200);
  ehr.advance(10 * 60_000);
  expect((await ehr.request('GET', link)).status).toBe(410);
  const other = await open();
  ehr.faults.expirePages = true;
  const gone = await ehr.request('GET', other);
  ehr.faults.expirePages = false;
  expect([gone.status, gone.outcome().issue[0]?.code]).toEqual([410, 'expired']);
});

import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { digest } from '../../sync/fhir/poll/digest.ts';
import type { ChangeBatch, ChangesOptions, Cursor } from '../../sync/fhir/poll/feed.ts';
import { FEEDS } from '../../sync/fhir/poll/feeds.ts';
import { advance } from '../../sync/fhir/poll/query.ts';
import { against, epicOutcome, failure } from './support/against.ts';
import { visit } from './support/practice.ts';
import { profileOf } from './support/profiles.ts';
import type { Answer, Heard } from './support/script.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const at = (lastUpdated: string, id: string, more = {}): Resource => ({
  ...visit(id, '2026-11-24T10:00:00.000Z', more),
  meta: { lastUpdated, versionId: '1' },
});
const bundle = (resources: unknown[], type = 'searchset'): Answer => ({
  status: 200,
  body: { resourceType: 'Bundle', type, entry: resources.map(resource => ({ resource })) },
});
const remark = (code: string) => ({ resource: epicOutcome(code), search: { mode: 'outcome' } });

async function round(
  feed: keyof typeof FEEDS,
  vendor: string,
  cursor: Cursor | undefined,
  script: (heard: Heard) => Answer,
  more: Partial<ChangesOptions> = {},
) {
  const { client, server, closeServer } = await against(script, vendor);
  const options = { now: NOW, overlapMs: 0, profile: profileOf(vendor), deletes: 'verify-by-read' as const, ...more };
  const batches: ChangeBatch[] = [];
  try {
    for await (const batch of FEEDS[feed](client, 'Appointment', cursor, options)) batches.push(batch);
  } finally {
    await closeServer();
  }
  return {
    urls: server.heard.map(h => decodeURIComponent(h.url)),
    ids: batches.flatMap(b => b.resources.map(r => r.id)),
    deleted: batches.flatMap(b => b.deleted.map(r => r.id)),
    suspected: batches.flatMap(b => b.suspected.map(r => r.id)),
    cursor: batches.at(-1)?.cursor,
  };
}

describe('last-updated', () => {
  const cursor: Cursor = {
    kind: 'last-updated',
    since: '2026-11-21T15:00:00.000Z',
    deletedSince: '2026-11-21T14:00:00.000Z',
  };
  const medplum = (heard: Heard): Answer =>
    heard.url.includes('_deleted')
      ? bundle([{ resourceType: 'Appointment', id: 'dead', meta: { lastUpdated: '2026-11-21T15:10:00.000Z' } }])
      : bundle([at('2026-11-21T14:59:59.500Z', 'late'), at('2026-11-21T15:20:00.123Z', 'new')]);

  test("asks as Medplum needs it, finds late rows and tombstones, and keeps the server's own time as cursor", async () => {
    const {
      urls,
      ids,
      deleted,
      cursor: next,
    } = await round('last-updated', 'medplum', cursor, medplum, {
      deletes: 'deleted-param',
    });
    expect(urls).toEqual([
      '/fhir/Appointment?_lastUpdated=ge2026-11-21T14:59:50.000Z&_sort=_lastUpdated&_count=1000',
      '/fhir/Appointment?_deleted=true&_lastUpdated=ge2026-11-21T13:59:50.000Z&_sort=_lastUpdated&_count=1000',
    ]);
    expect({ ids, deleted }).toEqual({ ids: ['late', 'new'], deleted: ['dead'] });
    expect(next).toEqual({
      kind: 'last-updated',
      since: '2026-11-21T15:20:00.123Z',
      deletedSince: '2026-11-21T15:10:00.000Z',
    });
  });

  test('living rows in answer to _deleted are not taken for dead', async () => {
    const living = () => bundle([at('2026-11-21T15:10:00.000Z', 'alive')]);
    const { deleted } = await round('last-updated', 'hapi', cursor, living, { deletes: 'deleted-param' });
    expect(deleted).toEqual([]);
  });

  test('an overlap longer than the least is kept', async () => {
    const { urls } = await round('last-updated', 'hapi', cursor, () => bundle([]), { overlapMs: 60_000 });
    expect(urls[0]).toContain('ge2026-11-21T14:59:00.000Z');
  });

  test('an empty server leaves the cursor where it was', async () => {
    expect((await round('last-updated', 'hapi', cursor, () => bundle([]))).cursor).toEqual(cursor);
    const empty = await round('last-updated', 'hapi', undefined, () => bundle([]));
    expect(empty.cursor).toEqual({ kind: 'last-updated', since: undefined, deletedSince: undefined });
  });
});

test.each([
  ['2026-11-21T15:00:00.000Z', '2026-11-21T15:10:00.000Z', '2026-11-21T15:10:00.000Z'],
  ['2026-11-21T15:00:00.000Z', '2026-11-21T15:40:00.000Z', NOW],
  ['2026-11-21T15:00:00.000Z', '2026-11-21T14:59:00.000Z', '2026-11-21T15:00:00.000Z'],
  ['2026-11-21T15:00:00.000Z', undefined, '2026-11-21T15:00:00.000Z'],
  [undefined, undefined, undefined],
])('a cursor at %s that saw %s advances to %s', (before, seen, after) => {
  expect(advance(before, seen, NOW)).toBe(after);
});

test("HAPI's deletions have no time and no resource, and are heard all the same", async () => {
  const entry = [
    { request: { method: 'DELETE', url: 'Appointment/1141/_history/3' }, response: { status: '200', etag: 'W/"3"' } },
    {
      resource: at('2026-11-21T15:20:00.000+00:00', '1142'),
      request: { method: 'PUT', url: 'Appointment/1142/_history/2' },
    },
    {
      resource: at('2026-11-21T15:19:00.000Z', '1141'),
      request: { method: 'PUT', url: 'Appointment/1141/_history/2' },
    },
  ];
  const history: Answer = { status: 200, body: { resourceType: 'Bundle', type: 'history', entry } };
  const since = '2026-11-21T15:00:00.000Z';
  const heard = await round('type-history', 'hapi', { kind: 'type-history', since }, () => history);
  expect(heard.urls).toEqual(['/fhir/Appointment/_history?_since=2026-11-21T14:59:50.000Z&_count=500']);
  expect(heard).toMatchObject({ ids: ['1142'], deleted: ['1141'] });
  expect(heard.cursor).toEqual({ kind: 'type-history', since: '2026-11-21T15:20:00.000Z' });
});

describe('sweeps', () => {
  const seen = (...ids: string[]) =>
    Object.fromEntries(ids.map(id => [id, { digest: 'x', start: '2026-11-24T10:00:00.000Z' }]));
  const roster = ['Patient/1', 'Patient/2'];
  const before: Cursor = { kind: 'by-patient', seen: { 'Patient/1': seen('a'), 'Patient/2': seen('b') } };
  const isOf = (heard: Heard, patient: string) => decodeURIComponent(heard.url).includes(`patient=${patient}&`);

  test('Epic is asked by patient and whole days, Oracle by practitioner and instants', async () => {
    const epic = await round('by-patient', 'epic', undefined, () => bundle([]), {
      roster: ['Patient/1'],
      windowDays: 30,
    });
    expect(epic.urls).toEqual(['/fhir/Appointment?patient=Patient/1&date=ge2026-11-18&date=lt2026-12-23&_count=100']);
    const oracle = await round('by-practitioner', 'oracle-health', undefined, () => bundle([]), {
      roster: ['Practitioner/7'],
      windowDays: 30,
    });
    expect(oracle.urls).toEqual([
      '/fhir/Appointment?practitioner=Practitioner/7&date=ge2026-11-19T15:30:00.000Z&date=lt2026-12-21T15:30:00.000Z&_count=100',
    ]);
  });

  test.each(['4118', '4119', '4130', '4131', '4134'])('an incomplete answer (%s) makes nothing missing', async code => {
    const script = (heard: Heard): Answer =>
      isOf(heard, 'Patient/1') ? { status: 200, body: { resourceType: 'Bundle', entry: [remark(code)] } } : bundle([]);
    const { suspected, cursor } = await round('by-patient', 'epic', before, script, { roster });
    expect(suspected).toEqual(['b']);
    expect(cursor).toEqual({ kind: 'by-patient', seen: { 'Patient/1': seen('a'), 'Patient/2': {} } });
  });

  test('one closed record does not blind us to the others', async () => {
    const script = (heard: Heard): Answer =>
      isOf(heard, 'Patient/1') ? { status: 403, body: epicOutcome('4130') } : bundle([at(NOW, 'new')]);
    const { ids, suspected } = await round('by-patient', 'epic', before, script, { roster });
    expect({ ids, suspected }).toEqual({ ids: ['new'], suspected: ['b'] });
  });

  test('all of them closed is an error', async () => {
    const closed = round('by-patient', 'epic', before, () => ({ status: 403 }), { roster });
    expect((await failure(closed)).code).toBe('forbidden');
  });

  test('who left the roster is not missed', async () => {
    const { suspected } = await round('by-patient', 'epic', before, () => bundle([]), { roster: ['Patient/2'] });
    expect(suspected).toEqual(['b']);
  });

  test('a visit that slid into the past is not missed, one moved out of the window is', async () => {
    const past = { digest: 'x', start: '2026-11-19T15:00:00.000Z' };
    const cursor: Cursor = { kind: 'date-window', seen: { '*': { past, ...seen('moved') } } };
    const { suspected } = await round('date-window', 'hapi', cursor, () => bundle([]));
    expect(suspected).toEqual(['moved']);
  });
});

test('a digest follows the content, not its order, its narrative or its version', () => {
  const one = at(NOW, 'a', { description: 'x' });
  const { meta: _, ...rest } = one;
  const reordered: Resource = Object.assign(
    { text: { status: 'generated', div: '<div/>' } },
    Object.fromEntries(Object.entries(rest).reverse()),
    one,
  );
  expect(digest(reordered, [])).toBe(digest(one, []));
  expect(digest(at(NOW, 'a', { description: 'y' }), [])).not.toBe(digest(one, []));
  expect(digest(at(NOW, 'a', { description: 'y' }), ['description'])).toBe(digest(one, ['description']));
});

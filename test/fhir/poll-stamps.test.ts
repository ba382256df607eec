import { describe, expect, test } from 'vitest';
import type { Cursor } from '../../sync/fhir/poll/feed.ts';
import { advance } from '../../sync/fhir/poll/query.ts';
import { at, bundle, NOW, round } from './support/round.ts';
import type { Answer, Heard } from './support/script.ts';

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

  test('what a server sends because it ignores the parameter is not taken for news', async () => {
    const ignorant = () => bundle([at('2026-11-01T00:00:00.000Z', 'old'), at('2026-11-21T15:01:00.000Z', 'new')]);
    expect((await round('last-updated', 'generic', cursor, ignorant)).ids).toEqual(['new']);
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

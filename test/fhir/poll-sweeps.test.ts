import type { Resource } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { digest } from '../../sync/fhir/poll/digest.ts';
import type { Cursor } from '../../sync/fhir/poll/feed.ts';
import { epicOutcome, failure } from './support/against.ts';
import { visit } from './support/practice.ts';
import { at, bundle, NOW, remark, round } from './support/round.ts';
import type { Answer, Heard } from './support/script.ts';

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

  test('a visit that goes back to what a closed record last showed has changed all the same', async () => {
    const [was, is] = [at(NOW, 'a', { description: 'was' }), at(NOW, 'a', { description: 'is' })];
    const sighting = (resource: Resource) => ({ a: { digest: digest(resource, []) } });
    const cursor: Cursor = { kind: 'by-patient', seen: { 'Patient/1': sighting(was), 'Patient/2': sighting(is) } };
    const script = (heard: Heard): Answer => (isOf(heard, 'Patient/1') ? { status: 403 } : bundle([was]));
    expect((await round('by-patient', 'epic', cursor, script, { roster })).ids).toEqual(['a']);
  });

  test('all of them closed is an error', async () => {
    const closed = round('by-patient', 'epic', before, () => ({ status: 403 }), { roster });
    expect((await failure(closed)).code).toBe('forbidden');
  });

  test('who left the roster is not missed', async () => {
    const { suspected } = await round('by-patient', 'epic', before, () => bundle([]), { roster: ['Patient/2'] });
    expect(suspected).toEqual(['b']);
  });

  test('a server that ignores dates shows us no more than the days we asked for', async () => {
    const far = [visit('far', '2027-11-24T10:00:00.000Z'), visit('old', '2020-01-01T10:00:00.000Z'), at(NOW, 'near')];
    const { ids, cursor } = await round('date-window', 'generic', undefined, () => bundle(far));
    expect(ids).toEqual(['near']);
    expect(cursor).toMatchObject({ seen: { '*': { near: { start: '2026-11-24T10:00:00.000Z' } } } });
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

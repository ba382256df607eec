import type { Patient } from '@medplum/fhirtypes';
import { beforeEach, expect, it } from 'vitest';
import { bumpGeneration, peopleAt, putAddresses, stalePatients } from '../../sync/store/patient.ts';
import {
  countResources,
  heldVersions,
  lockResources,
  type MirrorRow,
  patientsOf,
  putResources,
  resourcesAbout,
} from '../../sync/store/resource.ts';
import { forget } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';

const NOW = '2026-11-23T16:00:00.000Z';
/** A statement of PostgreSQL takes 65,535 parameters; a page of this size would want six times as many. */
const PAGE = 40_000;

const rowOf = (id: string, changes: Partial<MirrorRow> = {}): MirrorRow => ({
  type: 'Patient',
  id,
  versionId: '1',
  lastUpdated: NOW,
  body: { resourceType: 'Patient', id } as Patient,
  deleted: false,
  digest: 'd',
  observedAt: NOW,
  patients: [`Patient/${id}`],
  ...changes,
});

onEveryEngine(engine => {
  beforeEach(() => forget(engine.database));

  it('gives back what was put, whatever is in it', async () => {
    const says = `"'\\{},null\n$1 ☎ ñ`;
    const body: Patient = { resourceType: 'Patient', id: 'a', name: [{ text: says }] };
    const firstSeen = { at: NOW, imported: true, seenAt: NOW, state: { live: false } };
    const row = rowOf('a', { body, firstSeen: firstSeen as MirrorRow['firstSeen'], changedAt: NOW });
    await putResources(engine.sql, [row, rowOf('b', { body: null, versionId: undefined, lastUpdated: undefined })]);
    const [a, b] = await lockResources(engine.sql, 'Patient', ['a', 'b', 'nobody']);
    expect(a).toMatchObject({ body, version_id: '1', last_updated: NOW, first_seen: firstSeen, changed_at: NOW });
    expect(b).toMatchObject({ body: null, version_id: null, last_updated: null, first_seen: null, changed_at: null });
  });

  it('stores what the database could not hold with a sign of replacement, and what only looks like it as it is', async () => {
    const named = (text: string) => rowOf('a', { body: { resourceType: 'Patient', id: 'a', name: [{ text }] } });
    await putResources(engine.sql, [named('A\u0000na \uD800 and \\u0000 ☎')]);
    const [held] = await lockResources(engine.sql, 'Patient', ['a']);
    expect(held?.body).toMatchObject({ name: [{ text: 'A\uFFFDna \uFFFD and \\u0000 ☎' }] });
  });

  it('overwrites what it holds, and keeps every link there was', async () => {
    await putResources(engine.sql, [rowOf('a')]);
    await putResources(engine.sql, [rowOf('a', { digest: 'e', deleted: true, patients: ['Patient/b'] })]);
    expect(await heldVersions(engine.sql, [{ type: 'Patient', id: 'a' }])).toEqual([
      { type: 'Patient', id: 'a', version_id: '1', last_updated: NOW, digest: 'e', deleted: true },
    ]);
    expect((await patientsOf(engine.sql, 'Patient', ['a'])).sort()).toEqual(['Patient/a', 'Patient/b']);
    expect(await resourcesAbout(engine.sql, 'Patient/a')).toHaveLength(1);
  });

  it('takes a page of any size', async () => {
    const ids = Array.from({ length: PAGE }, (_, i) => `p${i}`);
    await putResources(
      engine.sql,
      ids.map(id => rowOf(id)),
    );
    expect(await countResources(engine.sql)).toEqual([{ type: 'Patient', count: PAGE }]);
    expect(await lockResources(engine.sql, 'Patient', ids)).toHaveLength(PAGE);
    expect(await patientsOf(engine.sql, 'Patient', ids)).toHaveLength(PAGE);
    const people = ids.map(id => ({ patient: `Patient/${id}`, person: `Patient/${id}`, addresses: [`+${id}`] }));
    expect(await putAddresses(engine.sql, people)).toHaveLength(PAGE);
    expect(
      await peopleAt(
        engine.sql,
        people.flatMap(one => one.addresses),
      ),
    ).toHaveLength(PAGE);
    const moved = people.map(one => ({ ...one, addresses: [] }));
    expect(await putAddresses(engine.sql, moved)).toHaveLength(PAGE);
    await bumpGeneration(
      engine.sql,
      people.map(one => one.patient),
    );
    expect(await stalePatients(engine.sql, NOW, PAGE + 1)).toHaveLength(PAGE);
  });
});

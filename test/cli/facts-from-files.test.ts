import { afterAll, beforeAll, expect, it } from 'vitest';
import { factsFrom } from '../../sync/cli/facts-from-files.ts';
import type { PatientFacts } from '../../sync/domain/plan/facts.ts';
import { mirror } from '../../sync/reconcile/mirror.ts';
import type { Database } from '../../sync/store/database.ts';
import { factsOf } from '../../sync/store/facts.ts';
import { allPatients } from '../../sync/store/patient.ts';
import { practice } from '../sandbox/practice/practice.ts';
import { migratedPglite } from '../support/database.ts';

const NOW = '2026-11-18T15:30:00.000Z';

let database: Database;
beforeAll(async () => {
  database = await migratedPglite();
});
afterAll(() => database.close());

/** The order in which records are kept means nothing. */
const sorted = (facts: PatientFacts): PatientFacts => {
  const byReference = <T>(list: T[], name: (one: T) => string) =>
    [...list].sort((a, b) => name(a).localeCompare(name(b)));
  return {
    ...facts,
    relatedPersons: byReference(facts.relatedPersons, one => one.reference),
    appointments: byReference(facts.appointments, one => one.fact.reference),
    communications: byReference(facts.communications, one => one.reference),
    consents: byReference(facts.consents, one => one.reference),
  };
};

it('knows of a whole practice what the service knows after reading it for the first time', async () => {
  const resources = practice(NOW);
  const observation = { resources, imported: true, now: NOW, country: 'US' };
  await database.sql.transaction().execute(sql => mirror(sql, observation));
  const mirrored: PatientFacts[] = [];
  for (const patient of await allPatients(database.sql)) mirrored.push(await factsOf(database.sql, patient));
  const read = factsFrom(resources, { now: NOW, country: 'US', asNew: false });
  expect(read.length).toBeGreaterThan(100);
  expect(read.map(sorted)).toEqual(mirrored.map(sorted));
}, 30_000);

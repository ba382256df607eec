import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import type { Sql } from './database.ts';

/** Something about these patients has changed: their plans are out of date until they are planned again. */
export async function bumpGeneration(sql: Sql, patients: Reference[]): Promise<void> {
  const sorted = [...new Set(patients)].sort();
  if (sorted.length === 0) return;
  await sql
    .insertInto('patient')
    .values(sorted.map(reference => ({ reference, look_again_at: null, brake: null })))
    .onConflict(conflict => conflict.column('reference').doUpdateSet({ generation: raw`patient.generation + 1` }))
    .execute();
}

/** Holds this patient until the transaction ends: one plan at a time. */
export const lockPatient = (sql: Sql, reference: Reference) =>
  sql.selectFrom('patient').selectAll().where('reference', '=', reference).forUpdate().executeTakeFirst();

export const planned = (sql: Sql, reference: Reference, generation: number, lookAgainAt: Instant | undefined) =>
  sql
    .updateTable('patient')
    .set({ planned_generation: generation, look_again_at: lookAgainAt ?? null })
    .where('reference', '=', reference)
    .execute();

/** Patients whose facts or time have moved on since their last plan; those behind a brake wait for a person. */
export async function stalePatients(sql: Sql, now: Instant, limit: number, after = ''): Promise<Reference[]> {
  const rows = await sql
    .selectFrom('patient')
    .select('reference')
    .where('reference', '>', after)
    .where('brake', 'is', null)
    .where(eb => eb.or([eb('generation', '<>', eb.ref('planned_generation')), eb('look_again_at', '<=', now)]))
    .orderBy('reference')
    .limit(limit)
    .execute();
  return rows.map(row => row.reference);
}

export async function allPatients(sql: Sql): Promise<Reference[]> {
  const rows = await sql.selectFrom('patient').select('reference').orderBy('reference').execute();
  return rows.map(row => row.reference);
}

/** Replaces the addresses of one person in a patient's household; returns those that came or went. */
export async function putAddresses(
  sql: Sql,
  patient: Reference,
  person: Reference,
  addresses: string[],
): Promise<string[]> {
  const query = sql.selectFrom('address').select('address').where('patient', '=', patient).where('person', '=', person);
  const before = new Set((await query.execute()).map(row => row.address));
  const after = new Set(addresses);
  const gone = [...before].filter(address => !after.has(address));
  const came = [...after].filter(address => !before.has(address));
  if (gone.length > 0)
    await sql
      .deleteFrom('address')
      .where('patient', '=', patient)
      .where('person', '=', person)
      .where('address', 'in', gone)
      .execute();
  if (came.length > 0)
    await sql
      .insertInto('address')
      .values(came.map(address => ({ patient, person, address })))
      .execute();
  return [...gone, ...came];
}

/** Patients who can be reached at an address, and through whom. */
export const peopleAt = (sql: Sql, addresses: string[]) =>
  addresses.length === 0
    ? Promise.resolve([])
    : sql.selectFrom('address').selectAll().where('address', 'in', addresses).orderBy('patient').execute();

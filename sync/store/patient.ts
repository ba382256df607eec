import { sql as raw, type Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import type { Reachable } from '../domain/facts/reachable.ts';
import type { Traceparent } from '../domain/trace.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

/**
 * Something about these patients has changed: their plans are out of date until they are planned again. `traces`: of
 * whom by what it became known.
 */
export async function bumpGeneration(
  sql: Sql,
  patients: Reference[],
  traces: ReadonlyMap<Reference, Traceparent> = new Map(),
): Promise<void> {
  const sorted = [...new Set(patients)].sort();
  if (sorted.length === 0) return;
  await sql
    .insertInto('patient')
    .columns(['reference', 'traceparent'])
    .expression(eb =>
      eb
        .selectFrom(
          raw<Bumped>`unnest(${sorted}::text[], ${sorted.map(one => traces.get(one) ?? null)}::text[])`.as<'one'>(
            raw`one(reference, traceparent)`,
          ),
        )
        .select(['one.reference', 'one.traceparent']),
    )
    .onConflict(c =>
      c.column('reference').doUpdateSet(eb => ({
        generation: eb('patient.generation', '+', 1),
        traceparent: eb.fn.coalesce('excluded.traceparent', 'patient.traceparent'),
      })),
    )
    .execute();
}

type Bumped = Pick<Selectable<Tables['patient']>, 'reference' | 'traceparent'>;

/** Holds these patients until the transaction ends, one plan at a time; in the order in which everybody takes several. */
export const lockPatients = (sql: Sql, references: Reference[]) =>
  sql
    .selectFrom('patient')
    .selectAll()
    .where('reference', '=', anyOf(references))
    .orderBy('reference')
    .forUpdate()
    .execute();

export interface Planned {
  reference: Reference;
  generation: number;
  lookAgainAt: Instant | null;
}

export async function planned(sql: Sql, patients: Planned[]): Promise<void> {
  if (patients.length === 0) return;
  const table = raw<Planned>`json_to_recordset(${JSON.stringify(patients)}::json)`.as<'plan'>(
    raw`plan(reference text, generation int, "lookAgainAt" timestamptz)`,
  );
  await sql
    .updateTable('patient')
    .from(table)
    .set(eb => ({ planned_generation: eb.ref('plan.generation'), look_again_at: eb.ref('plan.lookAgainAt') }))
    .whereRef('patient.reference', '=', 'plan.reference')
    .execute();
}

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

/** Replaces the addresses of each of these people in a patient's household; returns those that came or went. */
export async function putAddresses(sql: Sql, people: Reachable[]): Promise<string[]> {
  if (people.length === 0) return [];
  const patients = people.map(one => one.patient);
  const rows = await sql.selectFrom('address').selectAll().where('patient', '=', anyOf(patients)).execute();
  const replaced = new Set(people.map(({ patient, person }) => `${patient} ${person}`));
  const before = rows.filter(({ patient, person }) => replaced.has(`${patient} ${person}`));
  const after = people.flatMap(({ patient, person, addresses }) =>
    [...new Set(addresses)].map(address => ({ patient, person, address })),
  );
  const gone = without(before, after);
  const came = without(after, before);
  if (gone.length > 0)
    await sql
      .deleteFrom('address')
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('patient', 'person', 'address'),
          'in',
          selectFrom(table(gone))
            .select(COLUMNS)
            .$asTuple(...COLUMNS),
        ),
      )
      .execute();
  if (came.length > 0)
    await sql
      .insertInto('address')
      .columns(COLUMNS)
      .expression(eb => eb.selectFrom(table(came)).select(COLUMNS))
      .execute();
  return [...gone, ...came].map(row => row.address);
}

type AddressRow = Tables['address'];

const COLUMNS = ['patient', 'person', 'address'] as const;

const table = (rows: AddressRow[]) =>
  raw<AddressRow>`unnest(${rows.map(row => row.patient)}::text[], ${rows.map(row => row.person)}::text[], ${rows.map(row => row.address)}::text[])`.as<'given'>(
    raw`given(patient, person, address)`,
  );

function without(rows: AddressRow[], others: AddressRow[]): AddressRow[] {
  const name = ({ patient, person, address }: AddressRow) => `${patient} ${person} ${address}`;
  const known = new Set(others.map(name));
  return rows.filter(row => !known.has(name(row)));
}

/** Patients who can be reached at an address, and through whom. */
export const peopleAt = (sql: Sql, addresses: string[]) =>
  addresses.length === 0
    ? Promise.resolve([])
    : sql.selectFrom('address').selectAll().where('address', '=', anyOf(addresses)).orderBy('patient').execute();

import type { Resource } from '@medplum/fhirtypes';
import { sql as raw, type Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { FirstSeen } from '../domain/plan/facts.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

/** A resource as it should stand in the mirror; `mirror.ts` in reconcile decides whether it is news. */
export interface MirrorRow {
  type: string;
  id: string;
  versionId?: string;
  lastUpdated?: Instant;
  body: Resource | null;
  deleted: boolean;
  digest: string;
  observedAt: Instant;
  firstSeen?: FirstSeen;
  changedAt?: Instant;
  patients: string[];
}

/** A resource as it stands in the mirror. */
export type HeldRow = Selectable<Tables['resource']>;

/** The rows that exist, locked until the transaction ends: two observers of one resource take turns. */
export const lockResources = (sql: Sql, type: string, ids: string[]): Promise<HeldRow[]> =>
  sql
    .selectFrom('resource')
    .selectAll()
    .where('type', '=', type)
    .where('id', '=', anyOf(ids))
    .orderBy('id')
    .forUpdate()
    .execute();

export type HeldVersion = Pick<HeldRow, 'type' | 'id' | 'version_id' | 'last_updated' | 'digest' | 'deleted'>;

/** Which version of each is held: enough to tell whether there is anything to take in. Locks nothing. */
export const heldVersions = (sql: Sql, keys: { type: string; id: string }[]): Promise<HeldVersion[]> =>
  sql
    .selectFrom('resource')
    .select(['type', 'id', 'version_id', 'last_updated', 'digest', 'deleted'])
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('type', 'id'),
        'in',
        keys.map(({ type, id }) => tuple(type, id)),
      ),
    )
    .execute();

/**
 * JSON without the two things that JSON can hold and PostgreSQL cannot: NUL, and half of a surrogate pair. One such
 * record would keep a whole page from being stored, and every page after it from being read.
 */
function storable(value: unknown): string {
  const json = JSON.stringify(value);
  if (!/\\u(0000|d[89a-f])/i.test(json)) return json;
  return JSON.stringify(value, (_, part) =>
    typeof part === 'string' ? part.replaceAll('\u0000', '\uFFFD').toWellFormed() : part,
  );
}

/**
 * Writes rows and their patients in two statements with one parameter and three, whatever the size of a page: a
 * parameter for each value would be 65,535 at most, and most of what a first import holds in memory.
 */
export async function putResources(sql: Sql, rows: MirrorRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(row => ({
    type: row.type,
    id: row.id,
    version_id: row.versionId,
    last_updated: row.lastUpdated,
    body: row.body,
    deleted: row.deleted,
    digest: row.digest,
    observed_at: row.observedAt,
    first_seen: row.firstSeen,
    changed_at: row.changedAt,
  }));
  const page = raw<Tables['resource']>`json_to_recordset(${storable(values)}::json)`.as<'page'>(raw`page
      (type text, id text, version_id text, last_updated timestamptz, body jsonb, deleted boolean, digest text,
       observed_at timestamptz, first_seen jsonb, changed_at timestamptz)`);
  await sql
    .insertInto('resource')
    .columns([...KEY, ...CONTENT])
    .expression(eb => eb.selectFrom(page).select([...KEY, ...CONTENT]))
    .onConflict(c =>
      c.columns(KEY).doUpdateSet(eb => Object.fromEntries(CONTENT.map(name => [name, eb.ref(`excluded.${name}`)]))),
    )
    .execute();
  const links = rows.flatMap(row => row.patients.map(patient => [row.type, row.id, patient] as const));
  if (links.length === 0) return;
  // Patients who left a visit keep their link: they must hear that it is off for them.
  const table = raw<Tables['resource_patient']>`
    unnest(${links.map(link => link[0])}::text[], ${links.map(link => link[1])}::text[], ${links.map(link => link[2])}::text[])`;
  await sql
    .insertInto('resource_patient')
    .columns([...KEY, 'patient'])
    .expression(eb => eb.selectFrom(table.as<'link'>(raw`link(type, id, patient)`)).select([...KEY, 'patient']))
    .onConflict(c => c.doNothing())
    .execute();
}

const KEY = ['type', 'id'] as const;
const CONTENT = [
  'version_id',
  'last_updated',
  'body',
  'deleted',
  'digest',
  'observed_at',
  'first_seen',
  'changed_at',
] as const;

export async function patientsOf(sql: Sql, type: string, ids: string[]): Promise<string[]> {
  const rows = await patientsOfEach(sql, type, ids);
  return [...new Set(rows.map(row => row.patient))];
}

export async function patientsOfEach(
  sql: Sql,
  type: string,
  ids: string[],
): Promise<{ id: string; patient: string }[]> {
  if (ids.length === 0) return [];
  return sql
    .selectFrom('resource_patient')
    .select(['id', 'patient'])
    .where('type', '=', type)
    .where('id', '=', anyOf(ids))
    .execute();
}

/** The records that changed last, of those that were read before `read`. */
export const latestResources = (sql: Sql, limit: number, read: Instant): Promise<HeldRow[]> =>
  sql
    .selectFrom('resource')
    .selectAll()
    .where('deleted', '=', false)
    .where('observed_at', '<=', read)
    .where('last_updated', 'is not', null)
    .orderBy('last_updated', 'desc')
    .limit(limit)
    .execute();

/** Longer ago than any reading. */
const NEVER: Instant = '1970-01-01T00:00:00.000Z';

/** Whatever is read of them next is news, though it be older than what is held. */
export const doubtResources = (sql: Sql) =>
  sql
    .updateTable('resource')
    .set({ version_id: null, last_updated: null, digest: '', observed_at: NEVER })
    .where('deleted', '=', false)
    .execute();

export async function doubtedResources(sql: Sql, limit: number): Promise<string[]> {
  const query = sql.selectFrom('resource').select(['type', 'id']).where('deleted', '=', false);
  return (await query.where('observed_at', '=', NEVER).orderBy('type').orderBy('id').limit(limit).execute()).map(
    ({ type, id }) => `${type}/${id}`,
  );
}

/** Everything mirrored about some patients, and themselves; what is about several of them comes once for each. */
export const resourcesAbout = (sql: Sql, ...patients: string[]) =>
  sql
    .selectFrom('resource')
    .innerJoin('resource_patient as link', join =>
      join.onRef('link.type', '=', 'resource.type').onRef('link.id', '=', 'resource.id'),
    )
    .selectAll('resource')
    .select('link.patient')
    .where('link.patient', '=', anyOf(patients))
    .execute();

/** What they have agreed to and refused, as far as we have read it. */
export async function consentsOf(sql: Sql, patients: string[]): Promise<string[]> {
  const rows = await sql
    .selectFrom('resource')
    .innerJoin('resource_patient as link', join =>
      join.onRef('link.type', '=', 'resource.type').onRef('link.id', '=', 'resource.id'),
    )
    .select('resource.id')
    .distinct()
    .where('resource.type', '=', 'Consent')
    .where('resource.deleted', '=', false)
    .where('link.patient', '=', anyOf(patients))
    .orderBy('resource.id')
    .execute();
  return rows.map(row => `Consent/${row.id}`);
}

export const countResources = (sql: Sql) =>
  sql
    .selectFrom('resource')
    .select(['type', raw<number>`count(*)::int`.as('count')])
    .where('deleted', '=', false)
    .groupBy('type')
    .orderBy('type')
    .execute();

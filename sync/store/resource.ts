import type { Resource } from '@medplum/fhirtypes';
import { sql as raw, type Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { FirstSeen } from '../domain/plan/facts.ts';
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

/** The rows that exist, locked until the transaction ends: two observers of one resource take turns. */
export async function lockResources(sql: Sql, type: string, ids: string[]) {
  if (ids.length === 0) return [];
  const rows = await sql
    .selectFrom('resource')
    .selectAll()
    .where('type', '=', type)
    .where('id', 'in', ids)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows;
}

/** A resource as it stands in the mirror. */
export type HeldRow = Selectable<Tables['resource']>;

/** Writes rows and their patients in two statements, whatever their number. */
export async function putResources(sql: Sql, rows: MirrorRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map(row => ({
    type: row.type,
    id: row.id,
    version_id: row.versionId ?? null,
    last_updated: row.lastUpdated ?? null,
    body: JSON.stringify(row.body),
    deleted: row.deleted,
    digest: row.digest,
    observed_at: row.observedAt,
    first_seen: JSON.stringify(row.firstSeen ?? null),
    changed_at: row.changedAt ?? null,
  }));
  await sql
    .insertInto('resource')
    .values(values)
    .onConflict(conflict =>
      conflict.columns(['type', 'id']).doUpdateSet(eb => ({
        version_id: eb.ref('excluded.version_id'),
        last_updated: eb.ref('excluded.last_updated'),
        body: eb.ref('excluded.body'),
        deleted: eb.ref('excluded.deleted'),
        digest: eb.ref('excluded.digest'),
        observed_at: eb.ref('excluded.observed_at'),
        first_seen: eb.ref('excluded.first_seen'),
        changed_at: eb.ref('excluded.changed_at'),
      })),
    )
    .execute();
  const links = rows.flatMap(row => row.patients.map(patient => ({ type: row.type, id: row.id, patient })));
  // Patients who left a visit keep their link: they must hear that it is off for them.
  if (links.length > 0)
    await sql
      .insertInto('resource_patient')
      .values(links)
      .onConflict(c => c.doNothing())
      .execute();
}

export async function patientsOf(sql: Sql, type: string, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await sql
    .selectFrom('resource_patient')
    .select('patient')
    .distinct()
    .where('type', '=', type)
    .where('id', 'in', ids)
    .execute();
  return rows.map(row => row.patient);
}

/** Everything mirrored about one patient, and the patient. */
export const resourcesAbout = (sql: Sql, patient: string) =>
  sql
    .selectFrom('resource')
    .innerJoin('resource_patient as link', join =>
      join.onRef('link.type', '=', 'resource.type').onRef('link.id', '=', 'resource.id'),
    )
    .selectAll('resource')
    .where('link.patient', '=', patient)
    .execute();

export const countResources = (sql: Sql) =>
  sql
    .selectFrom('resource')
    .select(['type', raw<number>`count(*)::int`.as('count')])
    .where('deleted', '=', false)
    .groupBy('type')
    .orderBy('type')
    .execute();

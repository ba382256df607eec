import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';

/** Counts of what a bulk run would do; no names, no words. */
export interface DryRun {
  patients: number;
  affected: number;
  acts: Record<string, number>;
}

/** Holds the plans of these patients until a person has looked (law 11). */
export async function pullBrake(
  sql: Sql,
  cause: string,
  dryRun: DryRun,
  patients: Reference[],
  at: Instant,
): Promise<number> {
  const { id } = await sql
    .insertInto('brake')
    .values({ cause, pulled_at: at, dry_run: JSON.stringify(dryRun), released_at: null, released_by: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql.updateTable('patient').set({ brake: id }).where('reference', '=', anyOf(patients)).execute();
  return id;
}

export const openBrakes = (sql: Sql) =>
  sql.selectFrom('brake').selectAll().where('released_at', 'is', null).orderBy('id').execute();

export async function releaseBrake(sql: Sql, id: number, by: string, at: Instant): Promise<void> {
  await sql.updateTable('brake').set({ released_at: at, released_by: by }).where('id', '=', id).execute();
  await sql.updateTable('patient').set({ brake: null }).where('brake', '=', id).execute();
}

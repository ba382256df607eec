import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** A hint that something changed: one resource, or (without type) "look for yourself". */
export interface Hint {
  connection: string;
  type?: string;
  id?: string;
}

/** ONE insert, so that the EHR gets its answer in milliseconds and only once the hint is durable. */
export async function addHints(sql: Sql, hints: Hint[], at: Instant): Promise<void> {
  if (hints.length === 0) return;
  const rows = hints.map(({ connection, type, id }) => ({
    connection,
    type: type ?? null,
    resource_id: id ?? null,
    received_at: at,
  }));
  await sql.insertInto('notification').values(rows).execute();
}

export const hints = (sql: Sql, limit: number) =>
  sql.selectFrom('notification').selectAll().orderBy('id').limit(limit).execute();

/** Hints about one thing up to `upTo`: a hint that came while we were reading is newer than what we read, and stays. */
export const dropHints = (sql: Sql, ids: number[]) =>
  ids.length === 0 ? Promise.resolve() : sql.deleteFrom('notification').where('id', 'in', ids).execute();

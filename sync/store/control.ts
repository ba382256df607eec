import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** Sending is paused for everybody (`scope.md` K8). Survives restarts, and is shared by all instances. */
export async function isPaused(sql: Sql): Promise<boolean> {
  const row = await sql.selectFrom('control').select('value').where('name', '=', 'paused').executeTakeFirst();
  return row?.value === true;
}

export const setPaused = (sql: Sql, paused: boolean, by: string, at: Instant) => {
  const values = { value: JSON.stringify(paused), at, by };
  return sql
    .insertInto('control')
    .values({ name: 'paused', ...values })
    .onConflict(c => c.column('name').doUpdateSet(values))
    .execute();
};

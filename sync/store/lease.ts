import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** True for the one instance that holds `name` until `until`; the others leave the work to it. */
export async function takeLease(
  sql: Sql,
  name: string,
  holder: string,
  now: Instant,
  until: Instant,
): Promise<boolean> {
  const row = await sql
    .insertInto('lease')
    .values({ name, holder, until })
    .onConflict(conflict =>
      conflict
        .column('name')
        .doUpdateSet({ holder, until })
        .where(eb => eb.or([eb('lease.until', '<=', now), eb('lease.holder', '=', holder)])),
    )
    .returning('holder')
    .executeTakeFirst();
  return row?.holder === holder;
}

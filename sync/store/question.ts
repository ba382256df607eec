import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** What we last asked an address; one question at a time. */
export const putQuestion = (sql: Sql, address: string, options: unknown, at: Instant) => {
  const values = { asked_at: at, options: JSON.stringify(options) };
  return sql
    .insertInto('question')
    .values({ address, ...values })
    .onConflict(c => c.column('address').doUpdateSet(values))
    .execute();
};

export const takeQuestion = (sql: Sql, address: string) =>
  sql.deleteFrom('question').where('address', '=', address).execute();

/** The question as it was put, if it is not older than `since`. */
export async function questionFor<T>(sql: Sql, address: string, since: Instant): Promise<T | undefined> {
  const row = await sql
    .selectFrom('question')
    .select('options')
    .where('address', '=', address)
    .where('asked_at', '>=', since)
    .executeTakeFirst();
  return row?.options as T | undefined;
}

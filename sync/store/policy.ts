import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** The version of rules and texts now in force; files only propose (TRG10). */
export const activePolicy = (sql: Sql) =>
  sql.selectFrom('policy').selectAll().orderBy('activated_at', 'desc').limit(1).executeTakeFirst();

export const activatePolicy = (sql: Sql, version: string, body: unknown, by: string, at: Instant) => {
  const values = { activated_at: at, activated_by: by };
  return sql
    .insertInto('policy')
    .values({ version, body: JSON.stringify(body), ...values })
    .onConflict(c => c.column('version').doUpdateSet(values))
    .execute();
};

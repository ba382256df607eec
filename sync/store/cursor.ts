import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

export const cursorOf = (sql: Sql, connection: string, type: string) =>
  sql.selectFrom('cursor').selectAll().where('connection', '=', connection).where('type', '=', type).executeTakeFirst();

/** Moves only in the transaction that stored what it passes, so a crash reads again instead of skipping. */
export const moveCursor = (sql: Sql, connection: string, type: string, position: unknown, at: Instant) => {
  const values = { position: JSON.stringify(position), moved_at: at };
  return sql
    .insertInto('cursor')
    .values({ connection, type, ...values, baseline_at: null })
    .onConflict(c => c.columns(['connection', 'type']).doUpdateSet(values))
    .execute();
};

/** Everything is read from the beginning again; until that is done nothing is planned. */
export const forgetCursors = (sql: Sql, connection: string) =>
  sql.deleteFrom('cursor').where('connection', '=', connection).execute();

/** The first complete read is over: from here on, what is new is news. */
export const setBaseline = (sql: Sql, connection: string, type: string, at: Instant) =>
  sql
    .updateTable('cursor')
    .set({ baseline_at: at })
    .where('connection', '=', connection)
    .where('type', '=', type)
    .where('baseline_at', 'is', null)
    .execute();

import type { Watched } from '../fhir/subscribe/watch.ts';
import type { Sql } from './database.ts';

export async function watchedSubscriptions(sql: Sql, connection: string): Promise<Watched[]> {
  const query = sql.selectFrom('watched_subscription').selectAll().where('connection', '=', connection);
  return (await query.orderBy('criteria').execute()).map(
    ({ criteria, state, since, attempts, mended_at, try_after, why }) => ({
      criteria,
      state,
      since,
      attempts,
      ...(why ? { why } : {}),
      ...(mended_at ? { mendedAt: mended_at } : {}),
      ...(try_after ? { tryAfter: try_after } : {}),
    }),
  );
}

/** All of them: what is no longer wanted is no longer watched. */
export async function keepWatched(sql: Sql, connection: string, all: Watched[]): Promise<void> {
  await sql.deleteFrom('watched_subscription').where('connection', '=', connection).execute();
  if (all.length === 0) return;
  const rows = all.map(({ criteria, state, since, attempts, mendedAt = null, tryAfter = null, why = null }) => ({
    connection,
    criteria,
    state,
    since,
    attempts,
    mended_at: mendedAt,
    try_after: tryAfter,
    why,
  }));
  await sql.insertInto('watched_subscription').values(rows).execute();
}

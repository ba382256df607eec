import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { Traceparent } from '../domain/trace.ts';
import type { Sql } from './database.ts';

/** A hint that something changed: one resource, or (without type) "look for yourself". */
export interface Hint {
  connection: string;
  type?: string;
  id?: string;
  /** `Subscription/…` and its event number, where the EHR counts. */
  subscription?: string;
  eventNumber?: bigint;
  traceparent?: Traceparent;
}

/** ONE insert, so that the EHR gets its answer in milliseconds and only once the hint is durable. */
export async function addHints(sql: Sql, hints: Hint[], at: Instant): Promise<void> {
  if (hints.length === 0) return;
  const rows = hints.map(({ connection, type, id, subscription, eventNumber, traceparent }) => ({
    connection,
    type: type ?? null,
    resource_id: id ?? null,
    subscription: subscription ?? null,
    event_number: eventNumber?.toString() ?? null,
    received_at: at,
    look_after: null,
    traceparent: traceparent ?? null,
  }));
  await sql.insertInto('notification').values(rows).execute();
}

/** The oldest hints whose time to be looked into has come, in the order in which they came. */
export const hints = (sql: Sql, now: Instant, limit: number) =>
  sql
    .selectFrom('notification')
    .selectAll()
    .where(eb => eb.or([eb('look_after', 'is', null), eb('look_after', '<=', now)]))
    .orderBy('id')
    .limit(limit)
    .execute();

/** Doubling from 5 s to 15 min: one record that the EHR cannot show must not keep us asking for nothing else. */
export const hintsLater = (sql: Sql, ids: number[], now: Instant) =>
  sql
    .updateTable('notification')
    .set({
      attempts: raw`attempts + 1`,
      look_after: raw`${now}::timestamptz + least(5 * 2 ^ attempts, 900) * interval '1 second'`,
    })
    .where('id', 'in', ids)
    .execute();

/** Only those that were looked into: a hint that came meanwhile is newer than what we read, and stays. */
export const dropHints = (sql: Sql, ids: number[]) =>
  ids.length === 0 ? Promise.resolve([]) : sql.deleteFrom('notification').where('id', 'in', ids).execute();

export async function lastEventOf(sql: Sql, connection: string, id: string): Promise<bigint | undefined> {
  const query = sql.selectFrom('subscription').select('last_event').where('connection', '=', connection);
  const row = await query.where('id', '=', id).executeTakeFirst();
  return row && BigInt(row.last_event);
}

export const heardEvent = (sql: Sql, connection: string, id: string, last: bigint, at: Instant) => {
  const values = { last_event: last.toString(), heard_at: at };
  return sql
    .insertInto('subscription')
    .values({ connection, id, ...values })
    .onConflict(c => c.columns(['connection', 'id']).doUpdateSet(values))
    .execute();
};

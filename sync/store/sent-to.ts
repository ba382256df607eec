import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import { REACHED } from '../domain/plan/told.ts';
import { plusMs } from '../domain/time.ts';
import type { Sql } from './database.ts';

/** Moments at which automatic messages left for an address, for the caps. A batch counts once; answers do not count. */
export async function sentTo(sql: Sql, address: string, since: Instant): Promise<Instant[]> {
  const rows = await sql
    .selectFrom('message')
    .select(eb => ['batch', eb.fn.min<Instant>('sent_at').as('at')])
    .where('address', '=', address)
    .where('sent_at', '>=', since)
    .where('rule', '<>', 'answering')
    .where('state', 'in', REACHED)
    .groupBy('batch')
    .execute();
  return rows.map(row => row.at).sort();
}

/**
 * When what leaves now for these patients is taken to have left: now, or after all that was said to them. Had the clock
 * run ahead and been put right, something said before would else stand as the last word, and what is said now would be
 * said again and again. The caller holds the patients.
 */
export async function afterAllSaid(sql: Sql, patients: string[], now: Instant): Promise<Instant> {
  const { last } = await sql
    .selectFrom('message')
    .select(eb => eb.fn.max<Instant | null>('sent_at').as('last'))
    .where('patient', 'in', patients)
    .where('sent_at', '>=', now)
    .executeTakeFirstOrThrow();
  return last ? plusMs(last, 1) : now;
}

/** How many direct answers an address got lately: two machines must not talk to each other all night. */
export async function answersSince(sql: Sql, address: string, since: Instant): Promise<number> {
  const query = sql
    .selectFrom('message')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('address', '=', address);
  return Number(
    (await query.where('rule', '=', 'answering').where('sent_at', '>=', since).executeTakeFirstOrThrow()).n,
  );
}

/** Until the transaction ends, nobody else weighs a message to this address. */
export const lockAddress = (sql: Sql, address: string) =>
  raw`select pg_advisory_xact_lock(hashtextextended(${address}, 0))`.execute(sql);

/** What had left for an address last when somebody wrote from it. */
export async function lastMessageTo(sql: Sql, address: string, before: Instant): Promise<PlannedMessage | undefined> {
  const query = sql
    .selectFrom('message')
    .select('plan')
    .where('address', '=', address)
    .where('sent_at', '<=', before)
    .where('state', 'in', REACHED)
    .orderBy('sent_at', 'desc')
    .limit(1);
  return (await query.executeTakeFirst())?.plan;
}

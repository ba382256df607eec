import type { Instant } from '../domain/clock.ts';
import type { ReplyFact } from '../domain/plan/facts.ts';
import type { Sql } from './database.ts';

export const repliesOf = (sql: Sql, patient: string): Promise<ReplyFact[]> =>
  sql
    .selectFrom('reply')
    .select(['meaning', 'appointment', 'start', 'at'])
    .where('patient', '=', patient)
    .orderBy('at')
    .orderBy('inbound')
    .execute();

export const addReply = (sql: Sql, inbound: string, patient: string, reply: ReplyFact) =>
  sql
    .insertInto('reply')
    .values({ inbound, patient, ...reply, written_at: null, write_after: null, write_outcome: null })
    .onConflict(c => c.doNothing())
    .execute();

/** Confirmations the EHR has not been told yet, each when its time to try has come. */
export const unwrittenReplies = (sql: Sql, now: Instant, limit: number) =>
  sql
    .selectFrom('reply')
    .selectAll()
    .where('written_at', 'is', null)
    .where(eb => eb.or([eb('write_after', 'is', null), eb('write_after', '<=', now)]))
    .orderBy('at')
    .limit(limit)
    .execute();

type Key = { inbound: string; patient: string; appointment: string };

const one = (sql: Sql, { inbound, patient, appointment }: Key) =>
  sql
    .updateTable('reply')
    .where('inbound', '=', inbound)
    .where('patient', '=', patient)
    .where('appointment', '=', appointment);

export const replyWritten = (sql: Sql, key: Key, outcome: string, at: Instant) =>
  one(sql, key).set({ written_at: at, write_outcome: outcome }).execute();

export const replyLater = (sql: Sql, key: Key, after: Instant) =>
  one(sql, key)
    .set(eb => ({ write_after: after, write_attempts: eb('write_attempts', '+', 1) }))
    .execute();

import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { ReplyFact } from '../domain/plan/facts.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';

export const repliesOf = (sql: Sql, ...patients: string[]): Promise<(ReplyFact & { patient: string })[]> =>
  sql
    .selectFrom('reply')
    .innerJoin('inbound', 'inbound.id', 'reply.inbound')
    .select(['reply.patient', 'reply.meaning', 'reply.appointment', 'reply.start', 'reply.at'])
    .where('reply.patient', '=', anyOf(patients))
    .orderBy('reply.at')
    .orderBy('inbound.received_at')
    .orderBy('inbound.recorded_at')
    .orderBy('inbound.id')
    .execute();

/** Said when it was received, however late we come to handle it: the last word is the patient's last, not ours. */
export const addReply = (
  sql: Sql,
  inbound: { id: string; received_at: Instant },
  patient: string,
  { meaning, appointment, start }: ReplyFact,
) =>
  sql
    .insertInto('reply')
    .values({
      inbound: inbound.id,
      patient,
      appointment,
      start,
      meaning,
      at: inbound.received_at,
      written_at: null,
      write_after: null,
      write_outcome: null,
    })
    .onConflict(c => c.doNothing())
    .execute();

/** The visits this message was about. */
export async function visitsAnswered(sql: Sql, inbound: string): Promise<string[]> {
  const query = sql.selectFrom('reply').select('appointment').distinct().where('inbound', '=', inbound);
  return (await query.orderBy('appointment').execute()).map(row => row.appointment);
}

export interface Overtaken {
  patient: string;
  appointment: string;
  meaning: ReplyFact['meaning'];
  /** What was said last. */
  by: ReplyFact['meaning'];
}

/** What this message said of visits and a later one has said anew of the same patient, visit and hour. */
export const overtakenBy = (sql: Sql, inbound: string): Promise<Overtaken[]> =>
  sql
    .selectFrom('reply as said')
    .innerJoin('inbound as its', 'its.id', 'said.inbound')
    .innerJoin('reply as later', join =>
      join
        .onRef('later.patient', '=', 'said.patient')
        .onRef('later.appointment', '=', 'said.appointment')
        .onRef('later.start', '=', 'said.start'),
    )
    .innerJoin('inbound as other', 'other.id', 'later.inbound')
    .select(['said.patient', 'said.appointment', 'said.meaning', 'later.meaning as by'])
    .distinctOn(['said.patient', 'said.appointment'])
    .where('said.inbound', '=', inbound)
    .where(raw<boolean>`(other.received_at, other.recorded_at, other.id) > (its.received_at, its.recorded_at, its.id)`)
    .orderBy('said.patient')
    .orderBy('said.appointment')
    .orderBy('other.received_at', 'desc')
    .orderBy('other.recorded_at', 'desc')
    .orderBy('other.id', 'desc')
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

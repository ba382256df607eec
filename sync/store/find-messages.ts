import type { ExpressionBuilder } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { MessageFact } from '../domain/plan/facts.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';
import { type MessageRow, toMessage } from './message-row.ts';
import type { Tables } from './tables.ts';

/**
 * Due rows, soonest first: one line per message, as the dispatcher takes them. Those behind a brake are left out, or
 * they would stand before everybody else's for as long as no person looks.
 */
export const dueMessages = (sql: Sql, now: Instant, limit: number) =>
  sql
    .selectFrom('message')
    .select(['key', 'patient', 'join_key', 'address'])
    .where('state', '=', 'planned')
    .where('due_at', '<=', now)
    .where(isLetThrough)
    .orderBy('due_at')
    .orderBy('key')
    .limit(limit)
    .execute();

/** No brake holds it. A brake holds what is planned; what answers a patient no plan has made. */
const isLetThrough = (eb: ExpressionBuilder<Tables, 'message'>) => {
  const held = eb.selectFrom('patient').select('reference').where('brake', 'is not', null);
  return eb.or([
    eb('message.rule', '=', ANSWERING),
    eb.not(eb.exists(held.whereRef('patient.reference', '=', 'message.patient'))),
  ]);
};

export async function messagesOf(sql: Sql, patient: string): Promise<MessageRow[]> {
  return (await sql.selectFrom('message').selectAll().where('patient', '=', patient).orderBy('key').execute()).map(
    toMessage,
  );
}

/** The same as the planner wants it: the plan as it was made, and what became of it; nothing else to compare. */
export async function messageFactsOf(sql: Sql, ...patients: string[]): Promise<MessageFact[]> {
  const columns = ['plan', 'state', 'reason', 'sent_at'] as const;
  const query = sql.selectFrom('message').select(columns).where('patient', '=', anyOf(patients));
  return (await query.orderBy('key').execute()).map(({ plan, state, reason, sent_at }) => ({
    ...plan,
    state,
    ...(reason ? { reason } : {}),
    ...(sent_at ? { sentAt: sent_at } : {}),
  }));
}

export async function messagesByKey(sql: Sql, keys: string[]): Promise<MessageRow[]> {
  if (keys.length === 0) return [];
  return (await sql.selectFrom('message').selectAll().where('key', 'in', keys).orderBy('key').execute()).map(toMessage);
}

/** This message and those that may leave together with it (same address, rule and day), while they are pending and
 *  behind no brake. */
export async function pendingTogether(sql: Sql, key: string): Promise<MessageRow[]> {
  const rows = await sql
    .selectFrom('message')
    .selectAll()
    .where('state', '=', 'planned')
    .where(isLetThrough)
    .where(eb => {
      const itsJoinKey = eb.selectFrom('message as it').select('it.join_key').where('it.key', '=', key);
      return eb.or([eb('key', '=', key), eb('join_key', '=', itsJoinKey)]);
    })
    .orderBy('key')
    .execute();
  return rows.map(toMessage);
}

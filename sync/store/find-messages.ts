import type { Instant } from '../domain/clock.ts';
import type { MessageFact } from '../domain/plan/facts.ts';
import type { Sql } from './database.ts';
import { type MessageRow, toMessage } from './message-row.ts';

/** Due rows, soonest first: one line per message, as the dispatcher takes them. */
export const dueMessages = (sql: Sql, now: Instant, limit: number) =>
  sql
    .selectFrom('message')
    .select(['key', 'patient', 'join_key', 'address'])
    .where('state', '=', 'planned')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('key')
    .limit(limit)
    .execute();

export async function messagesOf(sql: Sql, patient: string): Promise<MessageRow[]> {
  return (await sql.selectFrom('message').selectAll().where('patient', '=', patient).orderBy('key').execute()).map(
    toMessage,
  );
}

/** The same as the planner wants it: the plan as it was made, and what became of it; nothing else to compare. */
export async function messageFactsOf(sql: Sql, patient: string): Promise<MessageFact[]> {
  const columns = ['plan', 'state', 'reason', 'sent_at'] as const;
  const rows = await sql.selectFrom('message').select(columns).where('patient', '=', patient).orderBy('key').execute();
  return rows.map(({ plan, state, reason, sent_at }) => ({
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

/** This message and those that may leave together with it (same address, rule and day), while they are pending. */
export async function pendingTogether(sql: Sql, key: string): Promise<MessageRow[]> {
  const rows = await sql
    .selectFrom('message')
    .selectAll()
    .where('state', '=', 'planned')
    .where(eb => {
      const itsJoinKey = eb.selectFrom('message as it').select('it.join_key').where('it.key', '=', key);
      return eb.or([eb('key', '=', key), eb('join_key', '=', itsJoinKey)]);
    })
    .orderBy('key')
    .execute();
  return rows.map(toMessage);
}

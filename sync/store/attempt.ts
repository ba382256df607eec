import type { Instant } from '../domain/clock.ts';
import type { MessageState } from '../domain/plan/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';
import { type MessageRow, toMessage } from './message-row.ts';

/** Claims all of a batch or none: recorded as `sending` before the provider is called (law 6). */
export async function claim(
  sql: Sql,
  keys: string[],
  fields: { batch: string; channel: string; body: string; subject?: string; at: Instant; sentAt?: Instant },
): Promise<boolean> {
  const result = await sql
    .updateTable('message')
    .set(eb => ({
      state: 'sending',
      reason: null,
      batch: fields.batch,
      channel: fields.channel,
      body: fields.body,
      subject: fields.subject ?? null,
      claimed_at: fields.at,
      sent_at: fields.sentAt ?? fields.at,
      changed_at: fields.at,
      revision: eb('revision', '+', 1),
    }))
    .where('key', 'in', keys)
    .where('state', '=', 'planned')
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === keys.length;
}

/**
 * The end of an attempt. Only an in-flight state gives way, so a late or doubled report changes nothing; with `claimedAt`
 * only that one attempt ends.
 */
export async function settle(
  sql: Sql,
  batch: string,
  from: MessageState[],
  fields: {
    state: MessageState;
    reason?: Reason;
    providerId?: string;
    dueAt?: Instant;
    claimedAt?: Instant;
    at: Instant;
  },
): Promise<MessageRow[]> {
  const { claimedAt } = fields;
  const rows = await sql
    .updateTable('message')
    .set(eb => ({
      state: fields.state,
      reason: fields.reason ?? null,
      ...(fields.providerId ? { provider_id: fields.providerId } : {}),
      ...(fields.dueAt ? { due_at: fields.dueAt } : {}),
      ...(fields.state === 'planned' ? { sent_at: null, claimed_at: null, batch: null } : {}),
      changed_at: fields.at,
      revision: eb('revision', '+', 1),
    }))
    .where('batch', '=', batch)
    .where('state', 'in', from)
    .$if(claimedAt !== undefined, query => query.where('claimed_at', '=', claimedAt as Instant))
    .returningAll()
    .execute();
  return rows.map(toMessage);
}

export const inFlight = (sql: Sql, claimedBefore: Instant) =>
  sql
    .selectFrom('message')
    .select(['batch', eb => eb.fn.min<Instant>('claimed_at').as('claimed_at')])
    .where('state', '=', 'sending')
    .where('claimed_at', '<', claimedBefore)
    .groupBy('batch')
    .execute();

export const batchOf = async (sql: Sql, by: { batch: string } | { channel: string; providerId: string }) => {
  const query = sql.selectFrom('message').selectAll().orderBy('key');
  const rows = await ('batch' in by
    ? query.where('batch', '=', by.batch)
    : query.where('channel', '=', by.channel).where('provider_id', '=', by.providerId)
  ).execute();
  return rows.map(toMessage);
};

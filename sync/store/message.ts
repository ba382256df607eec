import { sql as raw, type Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { MessageFact, MessageState } from '../domain/plan/facts.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

export interface MessageRow extends MessageFact {
  id: string;
  dueAt: Instant;
  batch?: string;
  channel?: string;
  providerId?: string;
  body?: string;
  subject?: string;
  claimedAt?: Instant;
}

const columnsOf = (plan: PlannedMessage) => ({
  patient: plan.patient,
  rule: plan.rule,
  medium: plan.medium,
  address: plan.address,
  join_key: plan.joinKey ?? null,
  due_at: plan.sendAt,
  send_before: plan.sendBefore,
  plan: JSON.stringify(plan),
});

/** Returns false when a row with this key exists already: creating twice collides, and the first stands (law 2). */
export async function createMessage(sql: Sql, id: string, plan: PlannedMessage, at: Instant): Promise<boolean> {
  const row = { ...emptyRow, key: plan.key, id, ...columnsOf(plan), state: 'planned' as const, changed_at: at };
  const result = await sql
    .insertInto('message')
    .values(row)
    .onConflict(c => c.column('key').doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

const emptyRow = {
  reason: null,
  channel: null,
  batch: null,
  provider_id: null,
  body: null,
  subject: null,
  claimed_at: null,
  sent_at: null,
  publish_after: null,
  ehr_reference: null,
  ehr_request: null,
};

/** New wording or time under the same key, only while it is still ours to change. */
export const rewriteMessage = (sql: Sql, plan: PlannedMessage, at: Instant) =>
  sql
    .updateTable('message')
    .set(eb => ({
      ...columnsOf(plan),
      state: 'planned',
      reason: null,
      changed_at: at,
      revision: eb('revision', '+', 1),
    }))
    .where('key', '=', plan.key)
    .where('state', 'in', ['planned', 'withdrawn'])
    .execute();

/** planned → withdrawn, expired or dropped, with the reason; anything already on its way is left alone. */
export const endMessage = (
  sql: Sql,
  keys: string[],
  state: 'withdrawn' | 'expired' | 'dropped',
  reason: Reason,
  at: Instant,
) =>
  sql
    .updateTable('message')
    .set(eb => ({ state, reason, changed_at: at, revision: eb('revision', '+', 1) }))
    .where('key', 'in', keys)
    .where('state', '=', 'planned')
    .execute();

export const holdMessages = (sql: Sql, keys: string[], until: Instant, reason: Reason) =>
  sql
    .updateTable('message')
    .set({ due_at: until, reason })
    .where('key', 'in', keys)
    .where('state', '=', 'planned')
    .execute();

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
    toRow,
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
  return (await sql.selectFrom('message').selectAll().where('key', 'in', keys).orderBy('key').execute()).map(toRow);
}

/** Pending messages that may leave together with this one: same address, rule and day, due within `until`. */
export async function joinable(sql: Sql, joinKey: string, until: Instant): Promise<MessageRow[]> {
  const rows = await sql
    .selectFrom('message')
    .selectAll()
    .where('join_key', '=', joinKey)
    .where('state', '=', 'planned')
    .where('due_at', '<=', until)
    .orderBy('key')
    .execute();
  return rows.map(toRow);
}

/** Moments at which automatic messages left for an address, for the caps. A batch counts once; answers do not count. */
export async function sentTo(sql: Sql, address: string, since: Instant): Promise<Instant[]> {
  const rows = await sql
    .selectFrom('message')
    .select(eb => ['batch', eb.fn.min<Instant>('sent_at').as('at')])
    .where('address', '=', address)
    .where('sent_at', '>=', since)
    .where('rule', '<>', 'answering')
    .where('state', 'in', ['sending', 'sent', 'delivered', 'unknown'])
    .groupBy('batch')
    .execute();
  return rows.map(row => row.at).sort();
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

/** Claims all of a batch or none: recorded as `sending` before the provider is called (law 6). */
export async function claim(
  sql: Sql,
  keys: string[],
  fields: { batch: string; channel: string; body: string; subject?: string; at: Instant },
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
      sent_at: fields.at,
      changed_at: fields.at,
      revision: eb('revision', '+', 1),
    }))
    .where('key', 'in', keys)
    .where('state', '=', 'planned')
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === keys.length;
}

/** The end of an attempt. Only an in-flight state gives way, so a late or doubled report changes nothing. */
export async function settle(
  sql: Sql,
  batch: string,
  from: MessageState[],
  fields: { state: MessageState; reason?: Reason; providerId?: string; dueAt?: Instant; at: Instant },
): Promise<MessageRow[]> {
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
    .returningAll()
    .execute();
  return rows.map(toRow);
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
  return rows.map(toRow);
};

const toRow = (row: Selectable<Tables['message']>): MessageRow => ({
  ...row.plan,
  id: row.id,
  state: row.state,
  reason: row.reason ?? undefined,
  sentAt: row.sent_at ?? undefined,
  dueAt: row.due_at,
  batch: row.batch ?? undefined,
  channel: row.channel ?? undefined,
  providerId: row.provider_id ?? undefined,
  body: row.body ?? undefined,
  subject: row.subject ?? undefined,
  claimedAt: row.claimed_at ?? undefined,
});

import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';

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

import type { Instant } from '../domain/clock.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Traceparent } from '../domain/trace.ts';
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

/** Where a row with such a key exists already, creating it again collides, and the first stands (law 2). */
export async function createMessages(
  sql: Sql,
  messages: { id: string; plan: PlannedMessage; traceparent?: Traceparent | undefined }[],
  at: Instant,
): Promise<void> {
  if (messages.length === 0) return;
  const state = 'planned' as const;
  const rows = messages.map(({ id, plan, traceparent }) => ({
    ...emptyRow,
    key: plan.key,
    id,
    ...columnsOf(plan),
    traceparent: traceparent ?? null,
    state,
    changed_at: at,
  }));
  await sql
    .insertInto('message')
    .values(rows)
    .onConflict(c => c.column('key').doNothing())
    .execute();
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
export const rewriteMessage = (sql: Sql, plan: PlannedMessage, at: Instant, traceparent?: Traceparent) =>
  sql
    .updateTable('message')
    .set(eb => ({
      ...columnsOf(plan),
      ...(traceparent ? { traceparent } : {}),
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

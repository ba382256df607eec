import type { Selectable } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { TaskFact } from '../domain/plan/facts.ts';
import type { PlannedTask } from '../domain/plan/plan.ts';
import type { Reason } from '../domain/reasons.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

/** Opens Tasks, or opens them again; one that a person has finished stays finished. */
export async function openTasks(sql: Sql, tasks: { id: string; plan: PlannedTask }[], at: Instant): Promise<void> {
  if (tasks.length === 0) return;
  const values = tasks.map(({ id, plan }) => ({
    key: plan.key,
    id,
    patient: plan.patient,
    rule: plan.rule,
    state: 'open' as const,
    reason: plan.reason ?? null,
    plan: JSON.stringify(plan),
    due_at: plan.dueAt,
    changed_at: at,
    publish_after: null,
    ehr_reference: null,
  }));
  await sql
    .insertInto('task')
    .values(values)
    .onConflict(conflict =>
      conflict
        .column('key')
        .doUpdateSet(eb => ({
          state: 'open',
          reason: eb.ref('excluded.reason'),
          plan: eb.ref('excluded.plan'),
          due_at: eb.ref('excluded.due_at'),
          changed_at: eb.ref('excluded.changed_at'),
          revision: eb('task.revision', '+', 1),
        }))
        .where('task.state', '<>', 'done'),
    )
    .execute();
}

export const closeTask = (sql: Sql, key: string, state: 'done' | 'withdrawn', reason: Reason | null, at: Instant) =>
  sql
    .updateTable('task')
    .set(eb => ({ state, reason, changed_at: at, revision: eb('revision', '+', 1) }))
    .where('key', '=', key)
    .where('state', '=', 'open')
    .execute();

/** Our open Tasks that the chart holds, and as what. */
export async function openInChart(sql: Sql): Promise<{ key: string; patient: string; inChart: string }[]> {
  const rows = await sql
    .selectFrom('task')
    .select(['key', 'patient', 'ehr_reference'])
    .where('state', '=', 'open')
    .where('ehr_reference', 'is not', null)
    .orderBy('key')
    .execute();
  return rows.map(row => ({ key: row.key, patient: row.patient, inChart: row.ehr_reference as string }));
}

/** A person ended it in the chart, so there is nothing left to publish. False when it was not open any more. */
export async function endedInChart(sql: Sql, key: string, at: Instant): Promise<boolean> {
  const row = await sql
    .updateTable('task')
    .set(eb => ({
      state: 'done',
      changed_at: at,
      revision: eb('revision', '+', 1),
      published_revision: eb('revision', '+', 1),
    }))
    .where('key', '=', key)
    .where('state', '=', 'open')
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

export interface TaskRow extends TaskFact {
  id: string;
}

export async function tasksOf(sql: Sql, ...patients: string[]): Promise<TaskRow[]> {
  const query = sql.selectFrom('task').selectAll().where('patient', '=', anyOf(patients));
  return (await query.orderBy('key').execute()).map(toRow);
}

export async function tasksByKey(sql: Sql, keys: string[]): Promise<TaskRow[]> {
  if (keys.length === 0) return [];
  return (await sql.selectFrom('task').selectAll().where('key', 'in', keys).orderBy('key').execute()).map(toRow);
}

const toRow = (row: Selectable<Tables['task']>): TaskRow => ({
  ...row.plan,
  id: row.id,
  state: row.state,
  reason: row.reason ?? row.plan.reason,
  changedAt: row.changed_at,
});

import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Traceparent } from '../domain/trace.ts';
import type { Sql } from '../store/database.ts';
import { factsOfAll } from '../store/facts.ts';
import { type Entry, record } from '../store/journal.ts';
import { lockPatients, type Planned, planned } from '../store/patient.ts';
import { createMessages, endMessage, rewriteMessage } from '../store/planned-message.ts';
import { closeTask, openTasks } from '../store/task.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

/**
 * Makes what is planned for one patient agree with what is true, in one transaction with the journal of why.
 * Safe to run at any time, any number of times, by any number of workers. Returns what changed; nothing, while the
 * brake is on for this patient.
 */
export const reconcile = async (service: Service, patient: Reference): Promise<Change[]> =>
  (await reconcileTogether(service, [patient]))[0]?.changes ?? [];

/** The same for several in one transaction: what a commit costs they share. `veto` throws what must keep it from happening. */
export async function reconcileTogether(
  service: Service,
  patients: Reference[],
  veto: (sql: Sql, plans: Replanned[]) => Promise<void> = async () => undefined,
): Promise<Replanned[]> {
  const policy = await service.policy();
  return inTransaction(service.database.sql, async sql => {
    const plans = await replan(service, sql, patients, policy);
    await veto(sql, plans);
    await record(sql, entriesOf(plans, service.clock()));
    return plans;
  });
}

export interface Replanned {
  patient: Reference;
  changes: Change[];
  /** By which trace the last of what is known of them became known. */
  traceparent?: Traceparent | undefined;
}

/**
 * The same within a transaction, which holds the patients until it ends: what follows is done by these plans. The
 * caller writes the journal, last of all, as that has one line for everybody.
 */
export async function replan(service: Service, sql: Sql, patients: Reference[], policy: Policy): Promise<Replanned[]> {
  const rows = (await lockPatients(sql, patients)).filter(row => row.brake === null);
  const now = service.clock();
  const facts = await factsOfAll(
    sql,
    rows.map(row => row.reference),
  );
  const moved: Planned[] = [];
  const plans = rows.map(({ reference, generation, planned_generation, look_again_at, traceparent }, i) => {
    const known = facts[i] as PatientFacts;
    const plan = planFor(known, policy, now);
    const lookAgainAt = plan.lookAgainAt ?? null;
    if (planned_generation !== generation || look_again_at !== lookAgainAt)
      moved.push({ reference, generation, lookAgainAt });
    return { patient: reference, changes: diff(plan, known, now), traceparent: traceparent ?? undefined };
  });
  await apply(service, sql, plans, now);
  await planned(sql, moved);
  return plans;
}

export const entriesOf = (plans: Replanned[], at: Instant): Entry[] =>
  plans.flatMap(({ patient, changes }) => changes.map(change => entryOf(change, patient, at)));

/** What is new in two statements, however much; what changes row by row. */
async function apply({ newId }: Service, sql: Sql, plans: Replanned[], now: Instant): Promise<void> {
  const all = plans.flatMap(({ changes, traceparent }) => changes.map(change => ({ change, traceparent })));
  const messages = all.flatMap(({ change, traceparent }) =>
    change.act === 'create' ? [{ id: newId(), plan: change.message, traceparent }] : [],
  );
  const tasks = all.flatMap(({ change }) =>
    change.act === 'open' || change.act === 'reword' ? [{ id: newId(), plan: change.task }] : [],
  );
  await createMessages(sql, messages, now);
  await openTasks(sql, tasks, now);
  for (const { change, traceparent } of all) await alter(sql, change, now, traceparent);
}

async function alter(sql: Sql, change: Change, now: Instant, traceparent: Traceparent | undefined): Promise<void> {
  switch (change.act) {
    case 'revise':
    case 'revive':
      await rewriteMessage(sql, change.message, now, traceparent);
      return;
    case 'withdraw':
      await endMessage(sql, [change.key], 'withdrawn', change.reason, now);
      return;
    case 'expire':
      await endMessage(sql, [change.key], 'expired', change.reason, now);
      return;
    case 'close':
      await closeTask(sql, change.key, 'withdrawn', change.reason, now);
      return;
    default:
  }
}

function entryOf(change: Change, patient: Reference, at: Instant): Entry {
  const who = 'loopkeeper';
  if ('reason' in change) return { at, who, what: change.act, patient, key: change.key, reason: change.reason };
  if (change.act === 'open' || change.act === 'reword') {
    const { key, reason, dueAt, about } = change.task;
    return { at, who, what: change.act, patient, key, reason, detail: { dueAt, about } };
  }
  const { key, text, language, medium, recipient, sendAt, sendBefore, tells } = change.message;
  const about = tells.map(telling => telling.appointment);
  return {
    at,
    who,
    what: change.act,
    patient,
    key,
    detail: { text, language, medium, recipient, sendAt, sendBefore, about },
  };
}

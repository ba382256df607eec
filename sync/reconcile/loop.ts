import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { type Entry, record } from '../store/journal.ts';
import { lockPatient, planned } from '../store/patient.ts';
import { createMessage, endMessage, rewriteMessage } from '../store/planned-message.ts';
import { closeTask, openTask } from '../store/task.ts';
import type { Service } from './service.ts';

/**
 * Makes what is planned for one patient agree with what is true, in one transaction with the journal of why.
 * Safe to run at any time, any number of times, by any number of workers. Returns what changed; nothing, while the
 * brake is on for this patient.
 */
export async function reconcile(service: Service, patient: Reference): Promise<Change[]> {
  const policy = await service.policy();
  return service.database.sql.transaction().execute(async sql => {
    const { changes, entries } = await replan(service, sql, patient, policy);
    await record(sql, entries);
    return changes;
  });
}

interface Replanned {
  changes: Change[];
  /** For the journal: the caller writes it, last of all in its transaction, as it has one line for everybody. */
  entries: Entry[];
}

/** The same within a transaction, which holds the patient until it ends: what follows is done by this plan. */
export async function replan(service: Service, sql: Sql, patient: Reference, policy: Policy): Promise<Replanned> {
  const row = await lockPatient(sql, patient);
  if (!row || row.brake !== null) return { changes: [], entries: [] };
  const now = service.clock();
  const facts = await factsOf(sql, patient);
  const plan = planFor(facts, policy, now);
  const changes = diff(plan, facts, now);
  for (const change of changes) await apply(service, sql, change, now);
  const lookAgainAt = plan.lookAgainAt ?? null;
  if (row.planned_generation !== row.generation || row.look_again_at !== lookAgainAt)
    await planned(sql, patient, row.generation, lookAgainAt);
  return { changes, entries: changes.map(change => entryOf(change, patient, now)) };
}

async function apply({ newId }: Service, sql: Sql, change: Change, now: Instant): Promise<void> {
  switch (change.act) {
    case 'create':
      await createMessage(sql, newId(), change.message, now);
      return;
    case 'revise':
    case 'revive':
      await rewriteMessage(sql, change.message, now);
      return;
    case 'withdraw':
      await endMessage(sql, [change.key], 'withdrawn', change.reason, now);
      return;
    case 'expire':
      await endMessage(sql, [change.key], 'expired', 'too-late', now);
      return;
    case 'open':
    case 'reword':
      await openTask(sql, newId(), change.task, now);
      return;
    case 'close':
      await closeTask(sql, change.key, 'withdrawn', change.reason, now);
  }
}

function entryOf(change: Change, patient: Reference, at: Instant): Entry {
  const who = 'loopkeeper';
  if (change.act === 'withdraw' || change.act === 'close')
    return { at, who, what: change.act, patient, key: change.key, reason: change.reason };
  if (change.act === 'expire') return { at, who, what: change.act, patient, key: change.key, reason: 'too-late' };
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

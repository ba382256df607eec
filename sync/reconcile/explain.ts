import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { contextOf } from '../domain/plan/context.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import type { NotPlanned } from '../domain/plan/plan.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { REASONS, type Reason } from '../domain/reasons.ts';
import { latest, minus } from '../domain/time.ts';
import { factsOf } from '../store/facts.ts';
import { messagesOf } from '../store/find-messages.ts';
import { patientsOf } from '../store/resource.ts';
import { tasksOf } from '../store/task.ts';
import { type HeldPlan, heldPlan } from './held-plan.ts';
import type { Service } from './service.ts';

/** It needs no EHR: everything it tells is in our own tables. */
type Explaining = Pick<Service, 'database' | 'policy' | 'clock'>;

export interface Explanation {
  appointment: Reference;
  patients: PatientExplanation[];
}

export interface PatientExplanation {
  patient: Reference;
  /** What the record says now, and what the patient was last told, by whom. */
  now: { status: string; start?: Instant; deleted: boolean };
  told?: { by: string; live: boolean; start?: Instant; at: Instant };
  /** Every message there is or was: when, in what state, and why. */
  messages: {
    rule: string;
    state: string;
    text: string;
    medium: string;
    at: Instant;
    before: Instant;
    reason?: Reason;
    because?: string;
  }[];
  /** Every message there could have been, and why there is none. */
  notPlanned: { rule: string; step?: string; reason: Reason; because: string }[];
  /** What a brake keeps from being planned: without it everything seems to be said that will be. */
  held?: HeldPlan;
  tasks: { code: string; state: string; dueAt: Instant; says: string; reason?: Reason }[];
  history: { at: Instant; who: string; what: string; rule?: string; reason?: string }[];
}

/** Why was this sent, or not sent? For every candidate message about one visit (law 14). Undefined: no such visit. */
export async function explain(service: Explaining, appointment: Reference): Promise<Explanation | undefined> {
  const { sql } = service.database;
  const [type = '', id = ''] = appointment.split('/');
  const patients = await patientsOf(sql, type, [id]);
  if (patients.length === 0) return undefined;
  const explanations = [];
  for (const patient of patients) explanations.push(await explainFor(service, appointment, patient));
  return { appointment, patients: explanations };
}

async function explainFor(
  service: Explaining,
  appointment: Reference,
  patient: Reference,
): Promise<PatientExplanation> {
  const { sql } = service.database;
  const [policy, now] = [await service.policy(), service.clock()];
  const facts = await factsOf(sql, patient);
  const plan = planFor(facts, policy, now);
  const before = planBefore(facts, policy, now, appointment);
  const visit = contextOf(facts, policy, now).visits.find(one => one.reference === appointment);
  const rows = (await messagesOf(sql, patient)).filter(row =>
    row.tells.some(telling => telling.appointment === appointment),
  );
  const keys = new Set(rows.map(row => row.key));
  const about = (one: NotPlanned) => one.about === appointment && !keys.has(one.key);
  const held = await heldPlan(sql, { patient, appointment, facts, plan, now });
  const journal = await sql.selectFrom('journal').selectAll().where('patient', '=', patient).orderBy('seq').execute();
  return {
    patient,
    now: {
      status: visit?.mirrored.fact.status ?? 'unknown',
      start: visit?.mirrored.fact.start,
      deleted: visit?.mirrored.deleted ?? false,
    },
    told: visit?.told && {
      by: visit.told.by,
      live: visit.told.state.live,
      start: visit.told.state.start,
      at: visit.told.at,
    },
    messages: rows.map(({ rule, state, text, medium, sendAt, dueAt, sentAt, sendBefore, reason }) => ({
      rule,
      state,
      text,
      medium,
      at: sentAt ?? latest(dueAt, sendAt) ?? sendAt,
      before: sendBefore,
      ...(reason ? { reason, because: REASONS[reason] } : {}),
    })),
    ...(held ? { held } : {}),
    notPlanned: [...plan.notPlanned, ...before.filter(one => !plan.notPlanned.some(({ key }) => key === one.key))]
      .filter(about)
      .map(({ rule, step, reason }) => ({ rule, step, reason, because: REASONS[reason] })),
    tasks: (await tasksOf(sql, patient))
      .filter(task => task.about.includes(appointment))
      .map(({ code, state, dueAt, says, reason }) => ({ code, state, dueAt, says, reason })),
    history: journal
      .filter(entry => entry.key !== null && belongs(entry.key, keys))
      .map(({ at, who, what, key, reason }) => ({
        at,
        who,
        what,
        rule: key?.split('|')[1],
        reason: reason ?? undefined,
      })),
  };
}

/** Once a visit has begun nothing about it is an occasion any more; why there was none before is still asked. */
function planBefore(facts: PatientFacts, policy: Policy, now: Instant, appointment: Reference): NotPlanned[] {
  const start = facts.appointments.find(({ fact }) => fact.reference === appointment)?.fact.start;
  return start && start <= now ? planFor(facts, policy, minus(start, 'PT1S')).notPlanned : [];
}

/** A message's own entries, and those of the Task that stands in for it (`…#call`). */
const belongs = (key: string, keys: Set<string>) => keys.has(key) || keys.has(key.slice(0, key.lastIndexOf('#')));

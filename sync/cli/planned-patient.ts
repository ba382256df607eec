import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import type { Plan, PlannedMessage, PlannedTask } from '../domain/plan/plan.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import { phaseFor } from '../domain/plan/visit.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Reason } from '../domain/reasons.ts';
import { byText } from '../domain/time.ts';
import { factsFrom } from './facts-from-files.ts';
import type { Input } from './plan-input.ts';

/** What is known of a patient, and what follows from it. */
export interface PlannedPatient {
  facts: PatientFacts;
  plan: Plan;
}

/** Whom a dry run is about, as of when, and what was found on the way. */
export interface Planned {
  input: Input;
  patients: PlannedPatient[];
  now: Instant;
}

export const planned = (input: Input, policy: Policy, now: Instant, asNew: boolean): Planned => ({
  input,
  now,
  patients: factsFrom(input.resources, { now, country: policy.clinic.country, asNew }).map(facts => ({
    facts,
    plan: planFor(facts, policy, now),
  })),
});

/** What is still to be sent, soonest first. Messages with one join key leave as one. */
export function batchesOf(patients: PlannedPatient[]): PlannedMessage[][] {
  const ahead = patients.flatMap(({ facts, plan }) => {
    const gone = new Set(facts.messages.filter(m => m.state !== 'planned').map(m => m.key));
    return plan.messages.filter(message => !gone.has(message.key));
  });
  return [...Map.groupBy(ahead, message => message.joinKey ?? message.key).values()].sort((a, b) =>
    byText(a[0]?.sendAt ?? '', b[0]?.sendAt ?? ''),
  );
}

/** Those whose own record is there; a visit may name somebody whom nobody has read. */
export const peopleIn = (patients: PlannedPatient[]): number =>
  patients.filter(({ facts }) => facts.patient !== undefined).length;

export function tasksAhead({ facts, plan }: PlannedPatient): PlannedTask[] {
  const done = new Set(facts.tasks.filter(task => task.state !== 'open').map(task => task.key));
  return plan.tasks.filter(task => !done.has(task.key));
}

/** Visits that no rule has anything to say about, and why: nobody should have to guess whether they were seen. */
export function silentVisits({ facts, plan }: PlannedPatient): { rule?: string; about: Reference; reason: Reason }[] {
  const spokenOf = new Set([
    ...plan.messages.flatMap(message => message.tells.map(tells => tells.appointment)),
    ...plan.tasks.flatMap(task => task.about),
    ...plan.notPlanned.map(one => one.about),
  ]);
  return facts.appointments
    .filter(({ fact }) => !spokenOf.has(fact.reference))
    .map(visit => ({ about: visit.fact.reference, reason: REASON[phaseFor(facts.reference, visit)] }));
}

const REASON = {
  off: 'visit-cancelled',
  requested: 'visit-not-booked',
  happened: 'visit-past',
  booked: 'visit-past',
} as const satisfies Record<ReturnType<typeof phaseFor>, Reason>;

import type { Patient } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import { contextOf } from '../../../sync/domain/plan/context.ts';
import { diff } from '../../../sync/domain/plan/diff.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import type { Plan } from '../../../sync/domain/plan/plan.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { maySendAt } from '../../../sync/domain/sending-hours.ts';
import { minus } from '../../../sync/domain/time.ts';
import { settle } from '../../support/apply.ts';
import { patient } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { beginning, happens, type Leg, later, legs, START } from './walk.ts';

const ALL_ON = { ...shippedPolicy(), rules: shippedPolicy().rules.map(rule => ({ ...rule, active: true })) };
/** Raise it for an hour's search; what it finds becomes a case of a table. */
const EFFORT = 1;

interface Stage {
  now: Instant;
  facts: PatientFacts;
  plan: Plan;
}

/** Walks through the legs as the service would: look, plan, apply, send what is due, plan again. */
function walk(path: Leg[], at: (stage: Stage, next: Instant) => void): void {
  let now = START;
  let stage = steady(beginning(), now);
  for (const [i, { minutes, happening, outcome }] of path.entries()) {
    const next = later(now, minutes);
    at({ ...stage, now }, next);
    now = next;
    stage = steady(happens(stage.facts, happening, now), now);
    stage = steady(send(stage.facts, outcome, now), now);
    if (i === path.length - 1) at({ ...stage, now }, later(now, 3_000));
  }
}

function steady(facts: PatientFacts, now: Instant) {
  const { plan, facts: after } = settle(facts, ALL_ON, now);
  return { plan, facts: after };
}

const send = (facts: PatientFacts, state: Leg['outcome'], now: Instant): PatientFacts => ({
  ...facts,
  messages: facts.messages.map(row =>
    row.state === 'planned' && row.sendAt <= now && now < row.sendBefore ? { ...row, state, sentAt: now } : row,
  ),
});

const everywhere = (numRuns: number, ...checks: ((stage: Stage, next: Instant) => void)[]) =>
  fc.assert(
    fc.property(legs, path =>
      walk(path, (stage, next) => {
        for (const check of checks) check(stage, next);
      }),
    ),
    { numRuns: numRuns * EFFORT },
  );

function isDeterministic({ facts, plan, now }: Stage): void {
  const again = planFor(structuredClone(facts), ALL_ON, now);
  expect(JSON.stringify(again), 'asked again').toBe(JSON.stringify(planFor(facts, ALL_ON, now)));
  const keys = [...plan.messages, ...plan.tasks].map(one => one.key);
  expect(new Set(keys).size, 'keys planned twice').toBe(keys.length);
}

function isSteady({ facts, now }: Stage): void {
  expect(diff(planFor(facts, ALL_ON, now), facts, now), 'once its changes are applied').toEqual([]);
}

/** Without this a plan would depend on who happens to wake the patient, and when. */
function namesItsNextTurn({ facts, plan, now }: Stage, next: Instant): void {
  const { lookAgainAt } = plan;
  const until = lookAgainAt && lookAgainAt <= next ? minus(lookAgainAt, 'PT0.001S') : next;
  for (const at of [until, later(now, (Date.parse(until) - Date.parse(now)) / 120_000)]) {
    if (at < now) continue;
    const changes = diff(planFor(facts, ALL_ON, at), facts, at).filter(change => change.act !== 'expire');
    expect(changes, `${now} → ${at}, look again ${lookAgainAt}`).toEqual([]);
  }
}

const ABOUT_WHAT_IS_TO_COME = ['confirmation', 'reminder', 'checklist', 'notice'];

function keepsItsHours({ plan, now }: Stage): void {
  for (const { key, sendAt, sendBefore, zones, tells, purpose } of plan.messages) {
    expect(maySendAt(sendAt, zones, ALL_ON.clinic.sendingHours), `${key} at ${sendAt}`).toBe(true);
    expect(sendAt < sendBefore, key).toBe(true);
    if (!ABOUT_WHAT_IS_TO_COME.includes(purpose)) continue;
    for (const { live, start } of tells)
      if (live && start && start > now) expect(sendBefore <= minus(start, ALL_ON.clinic.leastLead), key).toBe(true);
  }
}

function tellsOnlyNews({ plan, facts, now }: Stage): void {
  const { visits } = contextOf(facts, ALL_ON, now);
  for (const { key, tells } of plan.messages.filter(one => one.purpose === 'notice')) {
    const telling = tells.at(-1);
    const told = visits.find(one => one.reference === telling?.appointment)?.told?.state;
    const same = (['live', 'start', 'telehealth', 'location', 'practitioner'] as const).every(
      part => telling?.[part] === told?.[part],
    );
    expect(same, `${key} says what was told`).toBe(false);
  }
}

it('is the same however often it is asked, and finds nothing more to do once it is applied', () =>
  everywhere(25, isDeterministic, isSteady));

it('changes by time alone only at the moment it named', () => everywhere(25, namesItsNextTurn));

it('keeps the hours and the least lead, and tells only news', () => everywhere(25, keepsItsHours, tellsOnlyNews));

const LABEL = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };

it.each<[string, Partial<Patient>]>([
  ['has died', { deceasedBoolean: true }],
  ['was merged', { link: [{ type: 'replaced-by', other: { display: 'another record' } }] }],
  ['is inactive', { active: false }],
  ['is restricted', { meta: { security: [LABEL] } }],
])('plans neither words nor calls for a patient who %s', (_, record) =>
  everywhere(5, ({ facts, now }) => {
    const { messages, tasks } = planFor({ ...facts, patient: patient(record) }, ALL_ON, now);
    // Of a record that was merged staff hear where a visit still stands on it.
    const calls = tasks.filter(({ code }) => code !== 'unsure-visit');
    expect([messages, calls]).toEqual([[], []]);
  }),
);

it('changes nothing after an edit that means nothing', () =>
  everywhere(10, ({ facts, now }) => {
    const appointments = facts.appointments.map(one => ({
      ...one,
      fact: {
        ...one.fact,
        lastUpdated: now,
        end: one.fact.status === 'fulfilled' ? one.fact.end : later(now, 7),
        basedOn: ['ServiceRequest/r'],
        locations: [...one.fact.locations, 'Location/annex'],
      },
    }));
    expect(diff(planFor({ ...facts, appointments }, ALL_ON, now), facts, now)).toEqual([]);
  }));

it('comes back to the same keys when a change is taken back before anything was sent', () =>
  everywhere(10, ({ facts, now }) => {
    const gone = settle(happens(facts, { what: 'cancel', which: 0 }, now), ALL_ON, now);
    const back = settle({ ...gone.facts, appointments: facts.appointments }, ALL_ON, now);
    expect(pending(back.facts)).toEqual(pending(facts));
  }));

const pending = ({ messages }: PatientFacts) =>
  messages
    .filter(row => row.state === 'planned')
    .map(row => row.key)
    .sort();

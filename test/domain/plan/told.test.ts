import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { MessageFact, PatientFacts, TaskFact } from '../../../sync/domain/plan/facts.ts';
import type { PlannedTask } from '../../../sync/domain/plan/plan.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { facts, patient, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, reasonOf, taskOf } from '../../support/scene.ts';

const policy = shippedPolicy();
const REMINDED: Instant = '2026-11-25T16:00:00.000Z';
const CHANGED: Instant = '2026-11-25T17:00:00.000Z';
const SETTLED: Instant = '2026-11-25T17:15:00.000Z';
const before = facts({ appointments: [visit(FRIDAY)] });
const reminder = gone(before, 'reminder-48h', REMINDED);
const since = (changes: Parameters<typeof visit>[1], ...messages: MessageFact[]): PatientFacts =>
  facts({
    appointments: [visit(FRIDAY, { changedAt: CHANGED, firstSeen: { at: NOON }, ...changes })],
    messages: [reminder, ...messages],
  });

/** What a message of another purpose said of the visit as it is now. */
const about = (found: PatientFacts, purpose: MessageFact['purpose']): MessageFact => {
  const [notice] = planFor(found, policy, SETTLED).messages.filter(({ rule }) => rule === 'change-notice');
  if (!notice) throw new Error('There is nothing new to tell.');
  return { ...notice, key: `Patient/ana|x|${purpose}`, rule: 'x', purpose, state: 'delivered', sentAt: CHANGED };
};

describe('what is about a visit and tells nothing of it', () => {
  const elsewhere = { locations: ['Location/location-mesa'] };

  it.each(['answer', 'rebook', 'no-show', 'follow-up'] as const)('%s does not swallow a new place', purpose => {
    const found = since(elsewhere, about(since(elsewhere), purpose));
    expect(messageOf(planFor(found, policy, SETTLED), 'change-notice')?.text).toBe('visit-changed');
  });

  it('a checklist says neither place nor clinician: the change is still told', () => {
    const found = since(elsewhere, about(since(elsewhere), 'checklist'));
    expect(messageOf(planFor(found, policy, SETTLED), 'change-notice')?.text).toBe('visit-changed');
  });

  it('a notice has told it', () => {
    const found = since(elsewhere, about(since(elsewhere), 'notice'));
    expect(messageOf(planFor(found, policy, SETTLED), 'change-notice')).toBeUndefined();
  });
});

describe('an outage over a cancellation', () => {
  const WEEK: Instant = '2026-12-04T16:00:00.000Z';
  const off = { status: 'cancelled' as const, changedAt: '2026-11-25T17:00:00.000Z', firstSeen: { at: NOON } };
  const confirmed = { ...gone(facts({ appointments: [visit(WEEK)] }), 'reminder-48h', '2026-12-02T16:00:00.000Z') };
  const told: MessageFact = { ...confirmed, sentAt: '2026-11-24T16:00:00.000Z' };
  const found = facts({ appointments: [visit(WEEK, off)], messages: [told] });
  const AFTER: Instant = '2026-11-29T18:00:00.000Z';
  const NEXT_DAY: Instant = '2026-11-26T17:00:00.000Z';

  it('offers nobody a new time before they know, and a person calls', () => {
    const plan = planFor(found, policy, AFTER);
    expect(messageOf(plan, 'rebook-after-cancellation')).toBeUndefined();
    expect(taskOf(plan, 'change-notice', 'call-patient')?.reason).toBe('too-late');
  });

  it.each<{ state: TaskFact['state']; offered: string | undefined }>([
    { state: 'done', offered: 'rebook-offer' },
    { state: 'open', offered: undefined },
  ])('is offered $offered when the call is $state', ({ state, offered }) => {
    const task = taskOf(planFor(found, policy, AFTER), 'change-notice', 'call-patient') as PlannedTask;
    const tasks = [{ ...task, state, changedAt: SETTLED }];
    const plan = planFor({ ...found, tasks }, policy, NEXT_DAY);
    expect(messageOf(plan, 'rebook-after-cancellation')?.text).toBe(offered);
  });

  it('an offer that went out all the same leaves the call open', () => {
    const notice = messageOf(planFor(found, policy, SETTLED), 'change-notice') as MessageFact;
    const offer: MessageFact = { ...notice, key: 'Patient/ana|x|offer', purpose: 'rebook', state: 'sent' };
    const plan = planFor({ ...found, messages: [told, { ...offer, sentAt: AFTER }] }, policy, AFTER);
    expect(taskOf(plan, 'change-notice', 'call-patient')?.reason).toBe('too-late');
  });

  it('is offered a new time once the notice has gone', () => {
    const notice = gone(found, 'change-notice', SETTLED);
    const plan = planFor({ ...found, messages: [told, notice] }, policy, NEXT_DAY);
    expect(messageOf(plan, 'rebook-after-cancellation')?.text).toBe('rebook-offer');
    expect(reasonOf(plan, 'change-notice')).toBeUndefined();
  });
});

describe('what staff have said on the phone was said', () => {
  const MOVED: Instant = '2026-12-01T16:00:00.000Z';
  const DONE: Instant = '2026-11-25T19:00:00.000Z';
  const NIGHT: Instant = '2026-11-26T16:00:00.000Z';
  const unreachable = { patient: patient({ telecom: [] }) };
  const at = (start: Instant, changes: Parameters<typeof visit>[1] = {}): PatientFacts => ({
    ...facts({
      appointments: [
        visit(start, { changedAt: CHANGED, firstSeen: { at: NOON, state: { ...SEEN, start: FRIDAY } }, ...changes }),
      ],
    }),
    ...unreachable,
  });
  const SEEN = {
    live: true,
    telehealth: false,
    location: 'Location/location-riverside',
    practitioner: 'Practitioner/okafor',
  };
  const call = (found: PatientFacts, now: Instant) =>
    taskOf(planFor(found, policy, now), 'change-notice', 'call-patient');
  const rung: TaskFact = { ...(call(at(MOVED), SETTLED) as PlannedTask), state: 'done', changedAt: DONE };

  it('asks for no second call about the same', () => {
    expect(call(at(MOVED), SETTLED)?.says).toMatch(/is now on/);
    expect(call({ ...at(MOVED), tasks: [rung] }, NIGHT)).toBeUndefined();
  });

  it.each<[string, PatientFacts, RegExp]>([
    ['cancelled then', at(MOVED, { status: 'cancelled', changedAt: DONE }), /is cancelled/],
    ['moved on', at('2026-12-02T16:00:00.000Z', { changedAt: DONE }), /is now on/],
    ['moved back to where it was', at(FRIDAY, { changedAt: DONE }), /is now on/],
  ])('and calls again when it is %s', (_, found, says) => {
    expect(call({ ...found, tasks: [rung] }, NIGHT)?.says).toMatch(says);
  });
});

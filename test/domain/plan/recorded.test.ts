import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { MessageFact, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import type { Reason } from '../../../sync/domain/reasons.ts';
import { facts, visit } from '../../support/facts.ts';
import { policyOf, shippedPolicy, shippedRule } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, taskOf } from '../../support/scene.ts';

const policy = shippedPolicy();
const SETTLED: Instant = '2026-11-23T18:15:00.000Z';
const NEXT_DAY: Instant = '2026-11-24T18:30:00.000Z';
const off = { status: 'cancelled' as const, changedAt: NOON, firstSeen: { at: '2026-11-01T15:00:00.000Z' } };
const cancelled = (changes: Parameters<typeof visit>[1] = {}): PatientFacts => {
  const found = facts({ appointments: [visit(FRIDAY, { ...off, ...changes })] });
  return { ...found, messages: [gone(found, 'change-notice', SETTLED)] };
};
const offer = (found: PatientFacts, now = NEXT_DAY) =>
  messageOf(planFor(found, policy, now), 'rebook-after-cancellation');
const call = (found: PatientFacts, now: Instant) => taskOf(planFor(found, policy, now), 'rebook-after-cancellation');

describe('a new time is offered to who was told that a visit is off', () => {
  it('also where the EHR has cleared the hour of it', () => {
    expect(offer(cancelled())?.text).toBe('rebook-offer');
    const known = { at: off.firstSeen.at, state: { live: true, start: FRIDAY, telehealth: false } };
    expect(offer(cancelled({ start: undefined, firstSeen: known }))?.text).toBe('rebook-offer');
  });

  it('not where it had been booked by mistake', () => {
    const cancelReason = ['http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|oth-err' as const];
    expect(offer(cancelled({ cancelReason }))).toBeUndefined();
  });

  it('not where the visit that it had replaced is on again', () => {
    const told = cancelled().messages[0] as MessageFact;
    const move: MessageFact = {
      ...told,
      key: `${told.key}-before`,
      sentAt: '2026-11-20T18:00:00.000Z',
      tells: told.tells.flatMap(one => [
        { ...one, live: true },
        { ...one, appointment: 'Appointment/old', live: false },
      ]),
    };
    const old = visit('2026-11-30T16:00:00.000Z', { id: 'old' });
    const found = cancelled();
    const undone = { ...found, appointments: [...found.appointments, old], messages: [move, told] };
    expect(offer(undone)).toBeUndefined();
    expect(offer({ ...undone, messages: [told] })?.text).toBe('rebook-offer');
  });

  it.each<[Reason, MessageFact['state']]>([
    ['weekly-cap', 'dropped'],
    ['too-late', 'expired'],
  ])('by a person, where the text ended as %s', (reason, state) => {
    const found = cancelled();
    const lost = { ...(offer(found) as MessageFact), state, reason };
    const later: Instant = '2026-11-26T19:00:00.000Z';
    expect(call(found, later)).toBeUndefined();
    expect(call({ ...found, messages: [...found.messages, lost] }, later)).toMatchObject({
      code: 'call-patient',
      reason,
    });
  });
});

describe('somebody taken off a visit within the minute', () => {
  const ben = [{ reference: 'Patient/ben' as const, status: 'accepted' as const }];
  const handed = (left: Instant) =>
    facts({
      appointments: [
        visit(FRIDAY, {
          imported: false,
          patients: ben,
          changedAt: NOON,
          firstSeen: { at: '2026-11-23T16:00:00.000Z', left: { 'Patient/ana': left } },
        }),
      ],
    });
  const notice = (found: PatientFacts) => messageOf(planFor(found, policy, SETTLED), 'change-notice')?.text;

  it('is not told that it is off, whatever becomes of it later', () => {
    expect(notice(handed('2026-11-23T16:01:00.000Z'))).toBeUndefined();
    expect(notice(handed('2026-11-23T17:00:00.000Z'))).toBe('visit-cancelled');
  });
});

it('a pilot of the notice tells of a visit that moves out of it', () => {
  const rule = shippedRule('change-notice');
  const piloted = policyOf({ ...rule, pilot: { locations: ['Location/location-riverside'] } });
  const moved = facts({
    appointments: [
      visit(FRIDAY, {
        changedAt: NOON,
        locations: ['Location/location-mesa'],
        firstSeen: {
          at: '2026-11-01T15:00:00.000Z',
          state: { live: true, start: FRIDAY, telehealth: false, location: 'Location/location-riverside' },
        },
      }),
    ],
  });
  expect(messageOf(planFor(moved, piloted, SETTLED), 'change-notice')?.text).toBe('visit-changed');
});

it('a follow-up visit makes nobody a new patient', () => {
  const booked = (visitTypes: string[]) =>
    facts({ appointments: [visit('2026-12-04T16:00:00.000Z', { visitTypes: visitTypes as never })] });
  const checklist = (found: PatientFacts) => messageOf(planFor(found, policy, NOON), 'pre-visit-checklist');
  expect(checklist(booked([]))).toBeDefined();
  expect(checklist(booked(['http://terminology.hl7.org/CodeSystem/v2-0276|FOLLOWUP']))).toBeUndefined();
});

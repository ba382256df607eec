import type { Patient } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { permit } from '../../../sync/domain/plan/permit.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { wordsOf } from '../../../sync/domain/plan/words.ts';
import type { Policy } from '../../../sync/domain/policy/policy.ts';
import { REASONS, type Reason } from '../../../sync/domain/reasons.ts';
import { facts, MOBILE, patient, visit } from '../../support/facts.ts';
import { policyOf, ruleOf, shippedPolicy, shippedRule, withClinic } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, reasonOf, THURSDAY } from '../../support/scene.ts';

const policy = shippedPolicy();
const booked = (options: Parameters<typeof visit>[1] = {}) => facts({ appointments: [visit(FRIDAY, options)] });
const person = (changes: Partial<Patient>) => ({ ...booked(), patient: patient(changes) });
const why = (rule: string, found: PatientFacts, by: Policy = policy, now: Instant = NOON) =>
  reasonOf(planFor(found, by, now), rule);
/** The reason for which a pending message is withdrawn. */
const whyGone = (before: PatientFacts, after: Partial<PatientFacts>, rule = 'reminder-48h', by = policy) => {
  const row = { ...messageOf(planFor(before, policy, NOON), rule)!, state: 'planned' as const };
  return planFor({ ...before, messages: [...before.messages, row], ...after }, by, NOON).notPlanned.find(
    one => one.key === row.key,
  )?.reason;
};
const reminder = () => messageOf(planFor(booked(), policy, NOON), 'reminder-48h')!;
const verdictOf = (sent: Instant[], now: Instant) => {
  const verdict = permit(reminder(), sent, policy.clinic, now);
  return verdict.verdict === 'send' ? undefined : verdict.reason;
};
const cannot = (text: Partial<Policy['texts'][string]> | undefined, more: object = {}) => {
  const texts: Policy['texts'] = { ...policy.texts };
  if (text) texts.reminder = { ...policy.texts.reminder!, ...text };
  else delete texts.reminder;
  const words = wordsOf([{ ...reminder(), ...more }], { ...policy, texts }, NOON);
  return 'cannot' in words ? words.cannot : undefined;
};
const reply = (meaning: 'confirm' | 'reschedule') => ({
  meaning,
  appointment: 'Appointment/one',
  start: FRIDAY,
  at: NOON,
});
const asking = { ...booked(), messages: [gone(booked(), 'reminder-48h', '2026-11-25T16:00:00.000Z')] };
const THURSDAY_EVENING = '2026-11-26T23:00:00.000Z';
const NEXT_DAY = '2026-11-26T16:05:00.000Z';
const cancelled = {
  ...booked({ status: 'cancelled', changedAt: NOON, firstSeen: { at: '2026-11-01T15:00:00.000Z' } }),
};
const label = { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] };
const stop = (kind: 'opted-out' | 'wrong-number') => ({
  medium: 'sms' as const,
  address: '+13125550101',
  at: NOON,
  kind,
});

/** Every reason that follows from facts, rules and the clock alone, each from the smallest scene that gives it. */
const GIVEN: Partial<Record<Reason, () => Reason | undefined>> = {
  'visit-not-booked': () =>
    why(
      'booking-confirmation',
      booked({
        status: 'pending',
        imported: false,
        changedAt: NOON,
        firstSeen: { state: { live: false, telehealth: false } },
      }),
    ),
  'visit-cancelled': () => whyGone(booked(), { appointments: cancelled.appointments }),
  'visit-past': () => whyGone(booked(), { appointments: [visit(FRIDAY, { status: 'fulfilled' })] }),
  'visit-moved': () => whyGone(booked(), { appointments: [visit(THURSDAY)] }),
  'visit-changed': () => {
    // told on Wednesday of Friday; now it is on Thursday, and the rule does not say that a move ends it
    const nudge = shippedRule('unconfirmed-nudge', { stop: ['confirmed'] });
    return why(
      'unconfirmed-nudge',
      { ...asking, appointments: [visit('2026-12-01T16:00:00.000Z')] },
      policyOf(nudge),
      NEXT_DAY,
    );
  },
  'visit-unusable': () => whyGone(booked(), { appointments: [] }),
  'already-told': () => {
    const before = {
      ...booked({ status: 'cancelled', changedAt: NOON, firstSeen: { at: '2026-11-01T15:00:00.000Z' } }),
    };
    return whyGone(before, { appointments: [visit(FRIDAY)] }, 'change-notice');
  },
  'told-by-practice': () => why('booking-confirmation', booked()),
  'told-recently': () =>
    why(
      'reminder-2h',
      {
        ...booked(),
        messages: [{ ...gone(booked(), 'reminder-48h', '2026-11-25T16:00:00.000Z'), sentAt: THURSDAY_EVENING }],
      },
      policy,
      THURSDAY_EVENING,
    ),
  'told-as-move': () =>
    why('booking-confirmation', {
      ...cancelled,
      appointments: [...cancelled.appointments, visit(THURSDAY, { id: 'new', imported: false, changedAt: NOON })],
    }),
  'told-by-other-sender': () =>
    why('reminder-48h', {
      ...booked(),
      communications: [
        {
          reference: 'Communication/1',
          ours: false,
          fromPatient: false,
          reminder: true,
          status: 'completed',
          sent: '2026-11-23T10:00:00.000Z',
          about: ['Appointment/one'],
        },
      ],
    }),
  'confirmed-already': () =>
    why(
      'unconfirmed-nudge',
      { ...asking, replies: [reply('confirm')] },
      policyOf(shippedRule('unconfirmed-nudge', { if: {} })),
      NEXT_DAY,
    ),
  'answered-already': () =>
    why('unconfirmed-nudge', { ...asking, heardAt: ['2026-11-25T17:00:00.000Z'] }, policy, NEXT_DAY),
  'reschedule-open': () => why('reminder-48h', { ...booked(), replies: [reply('reschedule')] }),
  rebooked: () =>
    why('rebook-after-cancellation', {
      ...cancelled,
      messages: [gone(cancelled, 'change-notice', '2026-11-23T18:15:00.000Z')],
      appointments: [
        ...cancelled.appointments,
        visit('2026-12-04T16:00:00.000Z', {
          id: 'next',
          imported: false,
          changedAt: NOON,
          practitioners: ['Practitioner/x'],
        }),
      ],
    }),
  'rule-off': () => why('reminder-24h', booked()),
  'rule-not-matching': () => why('pre-visit-checklist', booked({ telehealth: true })),
  'not-in-pilot': () =>
    why(
      'reminder-48h',
      booked(),
      policyOf(shippedRule('reminder-48h', { pilot: { locations: ['Location/location-mesa'] } })),
    ),
  'not-enrolled': () =>
    why('reminder-48h', booked({ changedAt: '2026-11-25T17:00:00.000Z' }), policy, '2026-11-25T17:00:00.000Z'),
  'too-close-to-visit': () =>
    why(
      'booking-confirmation',
      facts({ appointments: [visit('2026-11-23T18:20:00.000Z', { imported: false, changedAt: NOON })] }),
    ),
  'too-late': () => why('reminder-48h', booked({ imported: false }), policy, '2026-11-26T16:00:00.000Z'),
  'quiet-hours': () =>
    why(
      'change-notice',
      facts({
        appointments: [
          visit('2026-11-24T14:00:00.000Z', {
            status: 'cancelled',
            changedAt: '2026-11-24T04:00:00.000Z',
            firstSeen: { at: '2026-11-01T15:00:00.000Z' },
          }),
        ],
      }),
      policy,
      '2026-11-24T04:00:00.000Z',
    ),
  'daily-cap': () => verdictOf(['2026-11-25T15:00:00.000Z', '2026-11-25T15:30:00.000Z'], '2026-11-25T16:00:00.000Z'),
  'weekly-cap': () =>
    verdictOf(
      ['2026-11-20T16:00:00.000Z', '2026-11-21T16:00:00.000Z', '2026-11-22T18:00:00.000Z', '2026-11-23T16:00:00.000Z'],
      '2026-11-25T16:00:00.000Z',
    ),
  'patient-unknown': () => why('reminder-48h', { ...booked(), patient: undefined }),
  'patient-deceased': () => why('reminder-48h', person({ deceasedDateTime: '2026-11' })),
  'patient-inactive': () => why('reminder-48h', person({ active: false })),
  'patient-merged': () =>
    why('reminder-48h', person({ link: [{ type: 'replaced-by', other: { reference: 'Patient/other' } }] })),
  'patient-restricted': () => why('reminder-48h', person({ meta: label })),
  'patient-test': () =>
    why(
      'reminder-48h',
      person({ meta: { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }] } }),
    ),
  'minor-without-guardian': () => why('reminder-48h', person({ birthDate: '2015-01-01' })),
  'confidential-visit': () =>
    why('reminder-48h', { ...booked({ confidential: true }), sharedAddresses: { '+13125550101': ['Patient/ben'] } }),
  'no-address': () => why('reminder-48h', person({ telecom: [] })),
  'address-invalid': () => why('reminder-48h', person({ telecom: [{ ...MOBILE, value: '12' }] })),
  'address-not-textable': () =>
    why('reminder-48h', person({ telecom: [{ system: 'phone', use: 'home', value: '+1 312 555 0101' }] })),
  'address-quarantined': () => why('reminder-48h', { ...booked(), optOuts: [stop('wrong-number')] }),
  'prefers-phone': () =>
    why(
      'reminder-48h',
      person({ telecom: [{ system: 'phone', use: 'home', rank: 1, value: '+1 312 555 0199' }, MOBILE] }),
    ),
  'opted-out': () => why('reminder-48h', { ...booked(), optOuts: [stop('opted-out')] }),
  'no-consent': () => {
    const { consent } = policy.clinic;
    return why(
      'reminder-48h',
      booked(),
      withClinic(policy, { consent: { ...consent, sms: { ...consent.sms, withoutRecord: 'refuse' } } }),
    );
  },
  'language-missing': () =>
    why(
      'reminder-48h',
      person({ communication: [{ language: { coding: [{ code: 'vi' }] } }] }),
      withClinic(policy, { whenLanguageMissing: 'skip' }),
    ),
  'text-missing': () => cannot(undefined),
  'text-expired': () => cannot({ reviewBy: '2026-11-22' }),
  'blank-unfilled': () => cannot({}, { firstName: undefined }),
};

/** Reasons that only the world outside can give: the gate, the channels, the provider, the brake, staff. */
const GIVEN_ELSEWHERE: Reason[] = [
  'braked',
  'channel-down',
  'channel-not-configured',
  'channel-refused',
  'channel-was-down',
  'content-forbidden',
  'ehr-unreachable',
  'paused',
  'recipient-not-allowed',
];
/** Reasons of Tasks: `plan-calls.test.ts`. */
const GIVEN_TO_PEOPLE: Reason[] = ['outcome-unknown', 'undeliverable'];

it.each(Object.entries(GIVEN))('%s', (reason, scene) => expect(scene()).toBe(reason));

it('leaves no reason without a case', () => {
  const all = [...Object.keys(GIVEN), ...GIVEN_ELSEWHERE, ...GIVEN_TO_PEOPLE];
  expect(all.sort()).toEqual(Object.keys(REASONS).sort());
});

it('gives every message that could have been either a plan or a reason', () => {
  const rules = policy.rules.filter(rule => rule.trigger === 'visit-upcoming');
  const plan = planFor(booked(), policy, NOON);
  for (const { id } of rules) expect(messageOf(plan, id)?.rule ?? reasonOf(plan, id), id).toBeDefined();
});

it('knows a rule of each kind', () => expect(ruleOf({ trigger: 'visit-upcoming' }).active).toBe(true));

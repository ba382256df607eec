import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../sync/domain/plan/context.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { holds, inPilot } from '../../../sync/domain/plan/predicates.ts';
import { Predicates } from '../../../sync/domain/policy/rule.ts';
import { facts, patient, visit } from '../../support/facts.ts';
import { policyOf, ruleOf, shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, LAST_WEEK, NOON, THURSDAY } from '../../support/scene.ts';

const reply = { meaning: 'confirm' as const, appointment: 'Appointment/one', start: FRIDAY, at: NOON };
const LATER = '2026-11-23T19:00:00.000Z';
const accepted = [{ reference: 'Patient/ana', status: 'accepted' as const }];
const told = (at: string, state: 'sent' | 'failed' = 'sent') => {
  const one = facts({ appointments: [visit(FRIDAY)] });
  const rule = ruleOf({
    id: 'said',
    trigger: 'visit-upcoming',
    steps: [
      {
        id: 'message',
        when: { before: 'P4D' },
        useFor: 'P3D',
        message: { text: 'reminder', callInstead: false, joins: false },
      },
    ],
  });
  return [gone(one, 'said', at, state, policyOf(rule))];
};

type Case = [what: string, wanted: Predicates, found: Partial<PatientFacts>, holds: boolean];
const alone = (options: Parameters<typeof visit>[1] = {}) => ({ appointments: [visit(FRIDAY, options)] });

const cases: { [Name in keyof Predicates]-?: Case[] } = {
  status: [
    ['booked', { status: ['booked'] }, alone(), true],
    ['arrived', { status: ['booked', 'cancelled'] }, alone({ status: 'arrived' }), false],
  ],
  visitTypes: [
    ['any coding', { visitTypes: ['s|checkup'] }, alone({ visitTypes: ['s|other', 's|checkup'] }), true],
    ['same code of another system', { visitTypes: ['s|checkup'] }, alone({ visitTypes: ['t|checkup'] }), false],
  ],
  practitioners: [
    ['one of several', { practitioners: ['Practitioner/okafor', 'Practitioner/x'] }, alone(), true],
    ['another', { practitioners: ['Practitioner/x'] }, alone(), false],
  ],
  locations: [
    ['there', { locations: ['Location/location-riverside'] }, alone(), true],
    ['elsewhere', { locations: ['Location/location-mesa'] }, alone(), false],
    ['nowhere', { locations: ['Location/location-mesa'] }, alone({ locations: [] }), false],
  ],
  patientTags: [
    [
      'tagged',
      { patientTags: ['s|vip'] },
      { ...alone(), patient: patient({ meta: { tag: [{ system: 's', code: 'vip' }] } }) },
      true,
    ],
    ['unknown patient', { patientTags: ['s|vip'] }, { ...alone(), patient: undefined }, false],
  ],
  newPatient: [
    ['nothing before', { newPatient: true }, alone(), true],
    [
      'seen before',
      { newPatient: true },
      { appointments: [visit(FRIDAY), visit(LAST_WEEK, { id: 'old', status: 'fulfilled' })] },
      false,
    ],
    [
      'missed before',
      { newPatient: true },
      { appointments: [visit(FRIDAY), visit(LAST_WEEK, { id: 'old', status: 'noshow' })] },
      true,
    ],
    [
      'will be seen before',
      { newPatient: true },
      { appointments: [visit(FRIDAY), visit(THURSDAY, { id: 'next' })] },
      true,
    ],
    [
      'an old patient',
      { newPatient: false },
      { appointments: [visit(FRIDAY), visit(LAST_WEEK, { id: 'old', status: 'fulfilled' })] },
      true,
    ],
  ],
  telehealth: [
    ['video', { telehealth: true }, alone({ telehealth: true }), true],
    ['not video', { telehealth: false }, alone({ telehealth: true }), false],
  ],
  confirmed: [
    ['accepted in the EHR', { confirmed: true }, alone({ patients: accepted }), true],
    ['answered us', { confirmed: true }, { ...alone(), replies: [reply] }, true],
    [
      'answered about another hour',
      { confirmed: true },
      { ...alone(), replies: [{ ...reply, start: THURSDAY }] },
      false,
    ],
    [
      'asked for another time',
      { confirmed: true },
      { ...alone(), replies: [{ ...reply, meaning: 'reschedule' }] },
      false,
    ],
    ['not confirmed', { confirmed: false }, alone(), true],
    [
      'accepted, by our own hand, for the hour before the move',
      { confirmed: true },
      { ...alone({ patients: accepted }), replies: [{ ...reply, start: THURSDAY }] },
      false,
    ],
    [
      'answered us before the move and after it',
      { confirmed: true },
      { ...alone({ patients: accepted }), replies: [{ ...reply, start: THURSDAY }, reply] },
      true,
    ],
    [
      'accepted, and a yes to another visit of theirs',
      { confirmed: true },
      { ...alone({ patients: accepted }), replies: [{ ...reply, appointment: 'Appointment/two' }] },
      true,
    ],
    [
      'a yes, taken back',
      { confirmed: true },
      { ...alone({ patients: accepted }), replies: [{ ...reply, meaning: 'cancel', at: LATER }, reply] },
      false,
    ],
    [
      'a no, taken back',
      { confirmed: true },
      {
        ...alone(),
        replies: [
          { ...reply, at: LATER },
          { ...reply, meaning: 'cancel' },
        ],
      },
      true,
    ],
  ],
  futureVisit: [
    [
      'another to come',
      { futureVisit: true },
      { appointments: [visit(FRIDAY), visit(THURSDAY, { id: 'next' })] },
      true,
    ],
    ['only itself', { futureVisit: true }, alone(), false],
    [
      'another that is off',
      { futureVisit: true },
      { appointments: [visit(FRIDAY), visit(THURSDAY, { id: 'next', status: 'cancelled' })] },
      false,
    ],
    [
      'another that is over',
      { futureVisit: false },
      { appointments: [visit(FRIDAY), visit(LAST_WEEK, { id: 'old' })] },
      true,
    ],
  ],
  age: [
    [
      'on the day of the visit',
      { age: { from: 18 } },
      { ...alone(), patient: patient({ birthDate: '2008-11-27' }) },
      true,
    ],
    ['a day short of it', { age: { from: 18 } }, { ...alone(), patient: patient({ birthDate: '2008-11-28' }) }, false],
    [
      'the last year counts',
      { age: { until: 64 } },
      { ...alone(), patient: patient({ birthDate: '1962-01-01' }) },
      true,
    ],
    ['too old', { age: { from: 50, until: 64 } }, { ...alone(), patient: patient({ birthDate: '1961-01-01' }) }, false],
    ['unknown', { age: { from: 0 } }, { ...alone(), patient: patient({ birthDate: undefined }) }, false],
  ],
  lastContactOlderThan: [
    ['never any', { lastContactOlderThan: 'P30D' }, alone(), true],
    [
      'heard from lately',
      { lastContactOlderThan: 'PT2H' },
      { ...alone(), heardAt: ['2026-11-23T17:00:00.000Z'] },
      false,
    ],
    [
      'heard from long ago',
      { lastContactOlderThan: 'PT2H' },
      { ...alone(), heardAt: ['2026-11-23T15:00:00.000Z'] },
      true,
    ],
    [
      'written to lately',
      { lastContactOlderThan: 'PT2H' },
      { ...alone(), messages: told('2026-11-23T17:00:00.000Z') },
      false,
    ],
    [
      'written to, in vain',
      { lastContactOlderThan: 'PT2H' },
      { ...alone(), messages: told('2026-11-23T17:00:00.000Z', 'failed') },
      true,
    ],
  ],
  bookedAhead: [
    ['long', { bookedAhead: { atLeast: 'P7D' } }, alone({ created: '2026-11-01T16:00:00.000Z' }), true],
    ['short', { bookedAhead: { atLeast: 'P7D' } }, alone({ created: '2026-11-23T16:00:00.000Z' }), false],
    ['less than', { bookedAhead: { lessThan: 'P7D' } }, alone({ created: '2026-11-23T16:00:00.000Z' }), true],
    [
      'since we saw it, where the record does not say',
      { bookedAhead: { lessThan: 'P7D' } },
      alone({ changedAt: NOON }),
      true,
    ],
    ['no start', { bookedAhead: { lessThan: 'P7D' } }, alone({ start: undefined }), false],
  ],
};

describe.each(Object.entries(cases))('%s', (_, table) =>
  it.each(table)('%s', (_what, wanted, found, expected) => {
    const context = contextOf(facts(found), shippedPolicy(), NOON);
    expect(holds(Predicates.parse(wanted), context.visits[0]!, context)).toBe(expected);
  }),
);

it('asks all of them', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(Predicates.shape).sort());
  const context = contextOf(facts(alone()), shippedPolicy(), NOON);
  expect(holds({ telehealth: false, newPatient: false }, context.visits[0]!, context)).toBe(false);
  expect(holds(undefined, context.visits[0]!, context)).toBe(true);
});

it('does not take the own messages of a chain for contact', () => {
  const messages = told('2026-11-23T17:00:00.000Z');
  const context = contextOf(facts({ ...alone(), messages }), shippedPolicy(), NOON);
  const chain = messages[0]!.key.replace(/#message$/, '');
  expect(holds({ lastContactOlderThan: 'PT2H' }, context.visits[0]!, context, chain)).toBe(true);
});

describe('a pilot', () => {
  const pilot = (changes: object) => ruleOf({ trigger: 'visit-upcoming', pilot: changes });
  const isIn = (rule: ReturnType<typeof pilot>, reference = 'Patient/ana') => {
    const context = contextOf(facts({ ...alone(), reference }), shippedPolicy(), NOON);
    return inPilot(rule, context.visits[0]!, context);
  };
  it.each([
    ['here', { locations: ['Location/location-riverside'] }, true],
    ['elsewhere', { locations: ['Location/location-mesa'] }, false],
    ['with her', { practitioners: ['Practitioner/okafor'] }, true],
    ['with another', { practitioners: ['Practitioner/x'], locations: ['Location/location-riverside'] }, false],
  ])('%s', (_, where, expected) => expect(isIn(pilot(where))).toBe(expected));

  it('takes a fair share of patients, the same ones each time, and widens without losing any', () => {
    const people = Array.from({ length: 2000 }, (_, i) => `Patient/${i}`);
    const [few, many] = [0.2, 0.5].map(share => people.filter(one => isIn(pilot({ share }), one)));
    expect(few!.length / people.length).toBeCloseTo(0.2, 1);
    expect(many!.length / people.length).toBeCloseTo(0.5, 1);
    expect(few!.every(one => many!.includes(one))).toBe(true);
  });
});

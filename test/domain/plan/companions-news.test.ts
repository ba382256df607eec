import { expect, it } from 'vitest';
import type { MirroredAppointment, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../../sync/domain/policy/policy.ts';
import type { Rule } from '../../../sync/domain/policy/rule.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone } from '../../support/scene.ts';

const policy = shippedPolicy();
const AFTERNOON = '2026-11-27T21:00:00.000Z';
/** The reminder of Friday's first visit falls due at ten on Wednesday. */
const DUE = '2026-11-25T16:00:00.000Z';
const BOOKED = '2026-11-25T15:00:00.000Z';
const CONFIRMED = '2026-11-25T15:10:00.000Z';
const LONG_AGO = { at: '2026-11-01T15:00:00.000Z' };
const LATE = '2026-11-25T15:55:00.000Z';

const without = (trigger: Rule['trigger']): Policy => ({
  ...policy,
  rules: policy.rules.map(rule => (rule.trigger === trigger ? { ...rule, active: false } : rule)),
});

const second = (options: Parameters<typeof visit>[1] = {}) =>
  visit(AFTERNOON, { id: 'two', imported: false, changedAt: BOOKED, ...options });
const confirmation = gone(facts({ appointments: [second()] }), 'booking-confirmation', CONFIRMED);
const since = { changedAt: LATE, firstSeen: { at: BOOKED, state: second().firstSeen.state } };
const vega = second({ ...since, practitioners: ['Practitioner/vega'] });
/** Cancelled when the second was booked: the one is the other, moved; and somebody opened the second once more. */
const old = visit('2026-12-01T16:00:00.000Z', {
  id: 'old',
  status: 'cancelled',
  changedAt: BOOKED,
  firstSeen: LONG_AGO,
});

type Case = [what: string, others: MirroredAppointment[], messages: PatientFacts['messages'], named: boolean, Policy?];
const CASES: Case[] = [
  ['that was confirmed this morning', [second()], [confirmation], true],
  ['that is not confirmed yet', [second()], [], false],
  ['with another clinician since', [vega], [confirmation], false],
  ['with another clinician, of which nobody is told', [vega], [confirmation], false, without('visit-changed')],
  ['at another place since', [second({ ...since, locations: ['Location/location-mesa'] })], [confirmation], false],
  ['whose move is still to be told', [old, second(since)], [], false],
];

it.each(CASES)('a reminder and a second visit of the day %s', (_, others, messages, named, by = policy) => {
  const plan = planFor(facts({ appointments: [visit(FRIDAY), ...others], messages }), by, LATE);
  const reminder = plan.messages.find(({ rule, sendAt }) => rule === 'reminder-48h' && sendAt === DUE);
  expect(reminder?.tells.map(telling => telling.appointment)).toEqual(
    named ? ['Appointment/one', 'Appointment/two'] : ['Appointment/one'],
  );
});

it('a reminder and an earlier visit of the day that was granted without a word', () => {
  const seen = { at: LONG_AGO.at, seenAt: '2026-11-25T17:00:00.000Z' };
  const asked = { ...seen, state: { ...second().firstSeen.state, live: false } };
  const appointments = (first: object) => [
    visit(FRIDAY, { id: 'two', firstSeen: first }),
    visit(AFTERNOON, { firstSeen: seen }),
  ];
  const told = (first: object) =>
    planFor(facts({ appointments: appointments(first) }), without('visit-booked'), '2026-11-25T18:00:00.000Z')
      .messages.filter(({ rule }) => rule === 'reminder-48h')
      .map(({ tells }) => tells.length);
  expect([told(seen), told(asked)]).toEqual([[2], [1]]);
});

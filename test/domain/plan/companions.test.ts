import { describe, expect, it } from 'vitest';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, NOON } from '../../support/scene.ts';

const policy = shippedPolicy();
const AFTERNOON = '2026-11-27T21:00:00.000Z';
/** The first import came between the two reminders, so the morning gets none of its own. */
const SEEN = '2026-11-25T17:00:00.000Z';
const seen = { firstSeen: { at: '2026-11-01T15:00:00.000Z', seenAt: SEEN } };
const morning = (options: Parameters<typeof visit>[1] = {}) => visit(FRIDAY, { id: 'morning', ...seen, ...options });
const afternoon = (options: Parameters<typeof visit>[1] = {}) =>
  visit(AFTERNOON, { id: 'afternoon', ...seen, ...options });

const named = (found: Partial<PatientFacts>, rule = 'reminder-48h', now = '2026-11-25T18:00:00.000Z') =>
  planFor(facts(found), policy, now)
    .messages.filter(message => message.rule === rule)
    .map(({ tells }) => tells.map(telling => telling.appointment.replace('Appointment/', '')));

describe('the one reminder of a day', () => {
  it('names the visit that gets none of its own', () =>
    expect(named({ appointments: [morning(), afternoon()] })).toEqual([['afternoon', 'morning']]));

  it.each<[string, Partial<PatientFacts>]>([
    ['is off', { appointments: [morning({ status: 'cancelled' }), afternoon()] }],
    [
      'is on another day',
      { appointments: [visit('2026-11-26T16:00:00.000Z', { id: 'morning', ...seen }), afternoon()] },
    ],
    ['is confidential', { appointments: [morning({ confidential: true }), afternoon()] }],
    [
      'is by video, and has words and a link of its own',
      { appointments: [morning({ telehealth: true }), afternoon()] },
    ],
    [
      'is confirmed already',
      { appointments: [morning({ patients: [{ reference: 'Patient/ana', status: 'accepted' }] }), afternoon()] },
    ],
    [
      'the patient wants moved',
      {
        appointments: [morning(), afternoon()],
        replies: [{ meaning: 'reschedule', appointment: 'Appointment/morning', start: FRIDAY, at: NOON }],
      },
    ],
  ])('does not name one that %s', (_, found) => expect(named(found)).toEqual([['afternoon']]));

  it('does not name one that may have begun by the time the message leaves', () => {
    const late = { firstSeen: { ...seen.firstSeen, seenAt: '2026-11-27T15:30:00.000Z' } };
    const appointments = [
      visit('2026-11-27T17:00:00.000Z', late),
      visit('2026-11-27T18:00:00.000Z', { id: 'two', ...late }),
    ];
    expect(named({ appointments }, 'reminder-2h', '2026-11-27T15:40:00.000Z')).toEqual([['two']]);
  });

  it('is named once, where several reminders follow', () =>
    expect(
      named({ appointments: [morning(), afternoon(), visit('2026-11-27T22:00:00.000Z', { id: 'evening', ...seen })] }),
    ).toEqual([['afternoon', 'morning'], ['evening']]));

  it('leaves visits alone that have their own', () =>
    expect(
      planFor(facts({ appointments: [visit(FRIDAY), visit(AFTERNOON, { id: 'two' })] }), policy, NOON)
        .messages.filter(message => message.rule === 'reminder-48h')
        .map(message => message.tells.length),
    ).toEqual([1, 1]));
});

import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../sync/domain/plan/context.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { stopped } from '../../../sync/domain/plan/stops.ts';
import { STOPS } from '../../../sync/domain/policy/rule.ts';
import type { Reason } from '../../../sync/domain/reasons.ts';
import { facts, visit } from '../../support/facts.ts';
import { ruleOf, shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, LAST_WEEK, NOON, THURSDAY } from '../../support/scene.ts';

const HOUR_AGO = '2026-11-23T17:00:00.000Z';
const said = (changes: object = {}) => ({
  reference: 'Communication/1',
  ours: false,
  fromPatient: false,
  reminder: true,
  status: 'completed' as const,
  sent: HOUR_AGO,
  about: ['Appointment/one'],
  ...changes,
});
const reply = (meaning: 'confirm' | 'cancel' | 'reschedule', start = FRIDAY) => ({
  meaning,
  appointment: 'Appointment/one',
  start,
  at: NOON,
});
const one = (options = {}) => ({ appointments: [visit(FRIDAY, options)] });
const off = visit(FRIDAY, { status: 'cancelled' });

const NEXT_WEEK = '2026-12-04T16:00:00.000Z';
const another = (booked: string) => visit(NEXT_WEEK, { id: 'two', imported: false, changedAt: booked });
const missed = visit('2026-11-23T13:00:00.000Z', { status: 'noshow' });

type Case = [what: string, found: Partial<PatientFacts>, reason: Reason | undefined, since?: string];

const cases: Record<(typeof STOPS)[number], Case[]> = {
  'visit-cancelled': [
    ['cancelled', { appointments: [off] }, 'visit-cancelled'],
    ['deleted', one({ deleted: true }), 'visit-cancelled'],
    ['declined', one({ patients: [{ reference: 'Patient/ana', status: 'declined' }] }), 'visit-cancelled'],
    ['booked', one(), undefined],
    ['one of two at the same hour', { appointments: [off, visit(FRIDAY, { id: 'two' })] }, undefined],
  ],
  'visit-moved': [
    ['to another hour', { appointments: [visit(THURSDAY)] }, 'visit-moved'],
    ['not at all', one(), undefined],
  ],
  'visit-started': [
    ['arrived', one({ status: 'arrived' }), 'visit-past'],
    ['the hour has come', { appointments: [visit(NOON)] }, 'visit-past'],
    ['still ahead', one(), undefined],
  ],
  confirmed: [
    ['by a reply', { ...one(), replies: [reply('confirm')] }, 'confirmed-already'],
    ['in the EHR', one({ patients: [{ reference: 'Patient/ana', status: 'accepted' }] }), 'confirmed-already'],
    ['for another hour', { ...one(), replies: [reply('confirm', THURSDAY)] }, undefined],
  ],
  answered: [
    ['since', { ...one(), heardAt: [NOON] }, 'answered-already', HOUR_AGO],
    ['before', { ...one(), heardAt: ['2026-11-23T16:00:00.000Z'] }, undefined, HOUR_AGO],
    ['where nothing was asked', { ...one(), heardAt: [NOON] }, undefined],
  ],
  rebooked: [
    ['another, booked since', { appointments: [off, another(NOON)] }, 'rebooked', HOUR_AGO],
    ['another, booked just before', { appointments: [off, another('2026-11-23T16:10:00.000Z')] }, 'rebooked', HOUR_AGO],
    ['another that had stood all along', { appointments: [off, another(LAST_WEEK)] }, undefined, HOUR_AGO],
    [
      'another that we saw late, booked long ago',
      { appointments: [off, visit(NEXT_WEEK, { id: 'two', changedAt: NOON, created: LAST_WEEK })] },
      undefined,
      HOUR_AGO,
    ],
    [
      'a no-show: booked after the missed hour',
      { appointments: [missed, another('2026-11-23T14:00:00.000Z')] },
      'rebooked',
      HOUR_AGO,
    ],
    [
      'a no-show: booked before the missed hour',
      { appointments: [missed, another('2026-11-23T10:00:00.000Z')] },
      undefined,
      HOUR_AGO,
    ],
    [
      'another, missed as well',
      { appointments: [off, visit('2026-11-23T17:30:00.000Z', { id: 'two', status: 'noshow' })] },
      undefined,
      HOUR_AGO,
    ],
    [
      'another, kept since',
      { appointments: [off, visit('2026-11-23T17:30:00.000Z', { id: 'two', status: 'fulfilled' })] },
      'rebooked',
      HOUR_AGO,
    ],
    [
      'another, from before',
      { appointments: [off, visit(LAST_WEEK, { id: 'two', status: 'fulfilled' })] },
      undefined,
      HOUR_AGO,
    ],
    [
      'another that is off too',
      { appointments: [off, visit(THURSDAY, { id: 'two', status: 'cancelled' })] },
      undefined,
      HOUR_AGO,
    ],
    ['nothing but itself', one(), undefined, HOUR_AGO],
  ],
  'reschedule-requested': [
    ['asked for', { ...one(), replies: [reply('reschedule')] }, 'reschedule-open'],
    ['asked to cancel', { ...one(), replies: [reply('cancel')] }, 'reschedule-open'],
    [
      'asked to cancel, and will be there after all',
      { ...one(), replies: [{ ...reply('confirm'), at: '2026-11-23T19:00:00.000Z' }, reply('cancel')] },
      undefined,
    ],
    [
      'said yes, and cannot come after all',
      { ...one(), replies: [{ ...reply('cancel'), at: '2026-11-23T19:00:00.000Z' }, reply('confirm')] },
      'reschedule-open',
    ],
    ['granted: it has moved since', { ...one(), replies: [reply('reschedule', THURSDAY)] }, undefined],
  ],
  'told-by-other-sender': [
    ['by the EHR', { ...one(), communications: [said()] }, 'told-by-other-sender'],
    ['by us', { ...one(), communications: [said({ ours: true })] }, undefined],
    ['it was the patient', { ...one(), communications: [said({ fromPatient: true })] }, undefined],
    ['about another visit', { ...one(), communications: [said({ about: ['Appointment/two'] })] }, undefined],
    ['it was never sent', { ...one(), communications: [said({ status: 'not-done' })] }, undefined],
    ['too long ago', { ...one(), communications: [said({ sent: '2026-11-20T17:00:00.000Z' })] }, undefined],
    ['before the visit became what it is', { ...one({ changedAt: NOON }), communications: [said()] }, undefined],
  ],
};

describe.each(STOPS)('%s', stop =>
  it.each(cases[stop])('%s', (_, found, reason, since) => {
    const context = contextOf(facts(found), shippedPolicy(), NOON);
    const anchor = { id: FRIDAY, at: NOON, visits: context.visits.slice(0, stop === 'rebooked' ? 1 : 2), since };
    expect(stopped(ruleOf({ trigger: 'visit-upcoming', stop: [stop] }), anchor, context)).toBe(reason);
  }),
);

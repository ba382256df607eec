import { expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import { permit, type Verdict } from '../../../sync/domain/plan/permit.ts';
import type { PlannedMessage } from '../../../sync/domain/plan/plan.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, messageOf, NOON } from '../../support/scene.ts';

const { clinic } = shippedPolicy();
const reminder = messageOf(planFor(facts({ appointments: [visit(FRIDAY)] }), shippedPolicy(), NOON), 'reminder-48h')!;
const DUE = '2026-11-25T16:00:00.000Z';
const NIGHT = '2026-11-26T04:00:00.000Z';
const MORNING = '2026-11-26T15:00:00.000Z';
const long = { sendBefore: '2026-12-05T16:00:00.000Z' };

it.each<[string, Partial<PlannedMessage>, Instant[], Instant, Verdict]>([
  ['in time', {}, [], DUE, { verdict: 'send' }],
  ['at the very end', {}, [], '2026-11-26T11:59:59.999Z', { verdict: 'drop', reason: 'quiet-hours' }],
  ['late', {}, [], '2026-11-26T12:00:00.000Z', { verdict: 'drop', reason: 'too-late' }],
  [
    'late, even an answer',
    { purpose: 'answer' },
    [],
    '2026-11-26T12:00:00.000Z',
    { verdict: 'drop', reason: 'too-late' },
  ],
  ['at night', long, [], NIGHT, { verdict: 'hold', until: MORNING, reason: 'quiet-hours' }],
  ['at night, when the morning is too late', {}, [], NIGHT, { verdict: 'drop', reason: 'quiet-hours' }],
  ['at night, in answer', { purpose: 'answer' }, [], NIGHT, { verdict: 'send' }],
  [
    'a notice at night waits too',
    { ...long, purpose: 'notice' },
    [],
    NIGHT,
    { verdict: 'hold', until: MORNING, reason: 'quiet-hours' },
  ],
  ['one today already', {}, ['2026-11-25T15:30:00.000Z'], DUE, { verdict: 'send' }],
  [
    'two today: tomorrow',
    long,
    ['2026-11-25T15:10:00.000Z', '2026-11-25T15:30:00.000Z'],
    DUE,
    { verdict: 'hold', until: '2026-11-26T15:10:00.000Z', reason: 'daily-cap' },
  ],
  [
    'one yesterday evening and one today: two in 24 hours',
    long,
    ['2026-11-25T00:30:00.000Z', '2026-11-25T15:30:00.000Z'],
    DUE,
    { verdict: 'hold', until: '2026-11-26T00:30:00.000Z', reason: 'daily-cap' },
  ],
  [
    'yesterday at this minute is 24 hours ago',
    long,
    ['2026-11-24T16:00:00.000Z', '2026-11-25T15:30:00.000Z'],
    DUE,
    { verdict: 'send' },
  ],
  [
    'two today, a notice',
    { purpose: 'notice' },
    ['2026-11-25T15:10:00.000Z', '2026-11-25T15:30:00.000Z'],
    DUE,
    { verdict: 'send' },
  ],
  [
    'four this week: until the first of them is a week old',
    long,
    ['2026-11-19T17:00:00.000Z', '2026-11-20T17:00:00.000Z', '2026-11-21T17:00:00.000Z', '2026-11-23T17:00:00.000Z'],
    DUE,
    { verdict: 'hold', until: '2026-11-26T17:00:00.000Z', reason: 'weekly-cap' },
  ],
  [
    'four this week, and no time left',
    {},
    ['2026-11-19T17:00:00.000Z', '2026-11-20T17:00:00.000Z', '2026-11-21T17:00:00.000Z', '2026-11-23T17:00:00.000Z'],
    DUE,
    { verdict: 'drop', reason: 'weekly-cap' },
  ],
])('%s', (_, changes, sent, now, verdict) =>
  expect(permit({ ...reminder, ...changes }, sent, clinic, now)).toEqual(verdict),
);

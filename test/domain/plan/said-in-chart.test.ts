import { expect, it } from 'vitest';
import { communicationOf } from '../../../sync/domain/chart/communication.ts';
import { readCommunication } from '../../../sync/domain/facts/communication.ts';
import type { MessageFact, MessageState } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, NOON, reasonOf } from '../../support/scene.ts';

const booked = facts({ appointments: [visit(FRIDAY)] });
const policy = shippedPolicy();

/** What is in the chart of a message once it is in this state, read as anybody's is read. */
function charted(message: MessageFact) {
  const written = communicationOf({ ...message, body: 'words' });
  const read = written && readCommunication({ ...written, id: 'c1' });
  return read && 'fact' in read ? [read.fact] : [];
}
const reminder = (state: MessageState) => gone(booked, 'reminder-48h', NOON, state);

it.each<[state: MessageState, reason: string | undefined]>([
  ['sent', 'already-told'],
  ['delivered', 'already-told'],
  ['unknown', 'already-told'],
  ['failed', undefined],
  ['sending', undefined],
])('of a message that is %s in the chart, and that we know nothing of: %s', (state, reason) => {
  const plan = planFor({ ...booked, communications: charted(reminder(state)) }, policy, NOON);
  expect([reasonOf(plan, 'reminder-48h'), messageOf(plan, 'reminder-48h') === undefined]).toEqual([
    reason,
    reason !== undefined,
  ]);
});

it.each([
  ['after the visit became what it is', '2026-11-23T17:20:00.000Z', 'already-told'],
  ['before, and so of another hour or place', '2026-11-23T16:00:00.000Z', undefined],
])('what the chart says that was told of a booking %s', (_, sentAt, reason) => {
  const fresh = facts({ appointments: [visit(FRIDAY, { imported: false, changedAt: '2026-11-23T17:00:00.000Z' })] });
  const communications = charted({ ...gone(fresh, 'booking-confirmation', '2026-11-23T17:20:00.000Z'), sentAt });
  const plan = planFor({ ...fresh, communications }, policy, NOON);
  expect(reasonOf(plan, 'booking-confirmation')).toBe(reason);
});

it('another message in the chart keeps this one from nobody', () => {
  const other = charted({ ...reminder('sent'), key: 'Patient/ana|reminder-48h|another#message' });
  expect(messageOf(planFor({ ...booked, communications: other }, policy, NOON), 'reminder-48h')).toBeDefined();
});

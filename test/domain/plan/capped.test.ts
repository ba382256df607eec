import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { MessageFact, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import type { Reason } from '../../../sync/domain/reasons.ts';
import { apply, settle } from '../../support/apply.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, messageOf, reasonOf, THURSDAY } from '../../support/scene.ts';

const policy = shippedPolicy();
const DUE: Instant = '2026-11-25T16:00:00.000Z';
const EVE: Instant = '2026-11-27T14:00:00.000Z';
const booked = facts({ appointments: [visit(FRIDAY)] });
const dropped = (rule: string, at: Instant, reason: Reason): MessageFact => ({
  ...gone(booked, rule, at, 'dropped'),
  reason,
});
const calls = (found: PatientFacts, now: Instant) =>
  planFor(found, policy, now).tasks.map(({ rule, code, reason }) => [rule, code, reason]);

describe('a reminder that the caps dropped, or a dead channel', () => {
  it.each<Reason>(['weekly-cap', 'daily-cap', 'channel-was-down'])('is a call: %s', reason =>
    expect(calls({ ...booked, messages: [dropped('reminder-48h', DUE, reason)] }, DUE)).toEqual([
      ['reminder-48h', 'call-patient', reason],
    ]),
  );

  it('is a call that stays open when the reminder would have lost its sense', () => {
    const open = settle({ ...booked, messages: [dropped('reminder-48h', DUE, 'weekly-cap')] }, policy, DUE).facts;
    expect(calls(open, '2026-11-27T12:00:00.000Z')).toEqual([['reminder-48h', 'call-patient', 'weekly-cap']]);
  });

  it('is a call still when its text would be too late, due before the visit and not in the past', () => {
    const found = { ...booked, messages: [dropped('reminder-48h', DUE, 'channel-was-down')] };
    const late: Instant = '2026-11-26T20:00:00.000Z';
    const [task] = planFor(found, policy, late).tasks;
    expect([task?.reason, task?.dueAt]).toEqual(['channel-was-down', THURSDAY]);
  });

  it('is one call, however many were dropped', () => {
    const both = [dropped('reminder-48h', DUE, 'weekly-cap'), dropped('reminder-2h', EVE, 'weekly-cap')];
    const open = settle({ ...booked, messages: both.slice(0, 1) }, policy, DUE).facts;
    expect(calls({ ...open, messages: both }, EVE)).toEqual([['reminder-48h', 'call-patient', 'weekly-cap']]);
    const late = settle({ ...booked, messages: both }, policy, EVE).facts;
    expect(calls(late, EVE)).toEqual([['reminder-2h', 'call-patient', 'weekly-cap']]);
  });

  it('is no call where another one reached them', () => {
    const messages = [gone(booked, 'reminder-48h', DUE, 'delivered'), dropped('reminder-2h', EVE, 'daily-cap')];
    expect(calls({ ...booked, messages }, EVE)).toEqual([]);
  });

  it('is a call no more once another one reaches them', () => {
    const messages = [dropped('reminder-48h', DUE, 'weekly-cap')];
    const open = settle({ ...booked, messages }, policy, DUE).facts;
    const reached = { ...open, messages: [...messages, gone(booked, 'reminder-2h', EVE)] };
    const { changes } = settle(reached, policy, EVE);
    expect(apply(reached, changes).tasks.map(({ state }) => state)).toEqual(['withdrawn']);
  });

  it('is a call for the new hour after a move', () => {
    const messages = [gone(booked, 'reminder-48h', DUE), dropped('reminder-2h', EVE, 'weekly-cap')];
    const elsewhen: MessageFact[] = messages.map((one, i) =>
      i === 0 ? { ...one, tells: one.tells.map(telling => ({ ...telling, start: DUE })) } : one,
    );
    expect(calls({ ...booked, messages: elsewhen }, EVE)).toContainEqual(['reminder-2h', 'call-patient', 'weekly-cap']);
  });
});

it('no call for a checklist that the caps dropped', () => {
  const [checklist] = planFor(booked, policy, DUE).messages.filter(({ purpose }) => purpose === 'checklist');
  const found = { ...booked, messages: [{ ...checklist, state: 'dropped', reason: 'weekly-cap' } as MessageFact] };
  expect(checklist && calls(found, checklist.sendAt)).toEqual([]);
});

describe('a reminder after', () => {
  const said = (purpose: MessageFact['purpose']): PatientFacts => ({
    ...booked,
    messages: [{ ...gone(booked, 'reminder-48h', DUE), key: 'Patient/ana|x|1#message', rule: 'x', purpose }],
  });

  it('a checklist is still needed: nobody has said the hour', () => {
    expect(messageOf(planFor(said('checklist'), policy, DUE), 'reminder-48h')).toBeDefined();
  });

  it('a confirmation would only repeat it', () => {
    expect(reasonOf(planFor(said('confirmation'), policy, DUE), 'reminder-48h')).toBe('told-recently');
  });
});

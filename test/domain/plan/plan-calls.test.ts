import type { Patient } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import { diff } from '../../../sync/domain/plan/diff.ts';
import type { MessageFact, PatientFacts } from '../../../sync/domain/plan/facts.ts';
import type { PlannedTask } from '../../../sync/domain/plan/plan.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { settle } from '../../support/apply.ts';
import { facts, MOBILE, patient, visit } from '../../support/facts.ts';
import { shippedPolicy, withClinic } from '../../support/policy.ts';
import { FRIDAY, gone, NOON, reasonOf, THURSDAY, taskOf } from '../../support/scene.ts';

const policy = shippedPolicy();
const LANDLINE = { system: 'phone', use: 'home', rank: 1, value: '+1 312 555 0199' } as const;
const changed = { changedAt: NOON, firstSeen: { at: '2026-11-01T15:00:00.000Z' } };
const person = (changes: Partial<Patient>, ...appointments: PatientFacts['appointments']) =>
  facts({ patient: patient(changes), appointments });
const called = (found: PatientFacts, now: Instant, rule = 'reminder-48h') =>
  taskOf(planFor(found, policy, now), rule, 'call-patient');

const byPhone = person({ telecom: [LANDLINE, MOBILE] }, visit(FRIDAY));
const DUE = '2026-11-25T16:00:00.000Z';

describe('a call instead of a reminder', () => {
  it('opens when the reminder would have left, not before', () => {
    expect(called(byPhone, '2026-11-25T15:59:00.000Z')).toBeUndefined();
    expect(planFor(byPhone, policy, '2026-11-25T15:59:00.000Z').lookAgainAt).toBe(DUE);
    expect(called(byPhone, DUE)).toMatchObject({
      opensAt: DUE,
      // It would lose its sense at six in the morning.
      dueAt: '2026-11-26T01:59:00.000Z',
      reason: 'prefers-phone',
      priority: 'routine',
    });
  });

  it('stays open, overdue, until it is done or the visit begins', () => {
    const open = settle(byPhone, policy, DUE).facts;
    expect(called(open, '2026-11-26T20:00:00.000Z')?.opensAt).toBe(DUE);
    expect(called(open, FRIDAY)).toBeUndefined();
  });

  it('is not opened after its time: an outage does not fill the list with the past', () =>
    expect(called(byPhone, '2026-11-26T20:00:00.000Z')).toBeUndefined());

  it('closes when the visit is off, and says so', () => {
    const open = settle(byPhone, policy, DUE).facts;
    const off = {
      ...open,
      appointments: [visit(FRIDAY, { status: 'cancelled', changedAt: DUE, firstSeen: changed.firstSeen })],
    };
    expect(settle(off, policy, DUE).changes).toContainEqual(
      expect.objectContaining({ act: 'close', reason: 'visit-cancelled' }),
    );
  });

  it.each<[string, Partial<PatientFacts>]>([
    ['a number that was removed afterwards', { patient: patient({ telecom: [] }) }],
    [
      'a wrong number that was reported afterwards',
      { optOuts: [{ medium: 'sms', address: '+13125550101', at: DUE, kind: 'wrong-number' }] },
    ],
  ])('is not needed when the reminder had left: %s', (_, since) => {
    const messages = [gone(facts({ appointments: [visit(FRIDAY)] }), 'reminder-48h', DUE)];
    expect(
      called(facts({ appointments: [visit(FRIDAY)], messages, ...since }), '2026-11-25T17:00:00.000Z'),
    ).toBeUndefined();
  });

  it('is one Task, not two, after a failure: the escalation has it', () => {
    const messages = [gone(facts({ appointments: [visit(FRIDAY)] }), 'reminder-48h', DUE, 'failed')];
    const bad = { '+13125550101': 'address-not-textable' as const };
    const plan = planFor(
      facts({ appointments: [visit(FRIDAY)], messages, badAddresses: bad }),
      policy,
      '2026-11-25T17:00:00.000Z',
    );
    expect(plan.tasks.map(task => [task.code, task.reason])).toEqual([['message-not-delivered', 'undeliverable']]);
  });

  it('is not made to somebody who asked for no messages', () =>
    expect(
      called(
        facts({
          appointments: [visit(FRIDAY)],
          optOuts: [{ medium: 'sms', address: '+13125550101', at: NOON, kind: 'opted-out' }],
        }),
        DUE,
      ),
    ).toBeUndefined());
});

describe('a call instead of a notice', () => {
  const cancelledAt = (at: Instant, start: Instant) =>
    visit(start, { status: 'cancelled', changedAt: at, firstSeen: changed.firstSeen });
  const notice = (found: PatientFacts, now: Instant) => called(found, now, 'change-notice');

  it.each<[string, Partial<PatientFacts>, string]>([
    ['opted out', { optOuts: [{ medium: 'sms', address: '+13125550101', at: NOON, kind: 'opted-out' }] }, 'opted-out'],
    ['prefers the phone', { patient: patient({ telecom: [LANDLINE] }) }, 'prefers-phone'],
    ['a child without a guardian', { patient: patient({ birthDate: '2015-05-05' }) }, 'minor-without-guardian'],
    [
      'a confidential visit on a shared phone',
      {
        appointments: [visit(FRIDAY, { ...changed, status: 'cancelled', confidential: true })],
        sharedAddresses: { '+13125550101': ['Patient/ben'] },
      },
      'confidential-visit',
    ],
  ])('%s', (_, more, reason) => {
    const found = facts({ appointments: [visit(FRIDAY, { ...changed, status: 'cancelled' })], ...more });
    expect(notice(found, NOON)).toBeUndefined();
    expect(notice(found, '2026-11-23T18:15:00.000Z')).toMatchObject({
      reason,
      priority: 'asap',
      opensAt: '2026-11-23T18:15:00.000Z',
    });
  });

  it.each<[string, Instant, Instant, Instant]>([
    ['is due two hours later, not days', NOON, '2026-11-23T18:15:00.000Z', '2026-11-23T20:15:00.000Z'],
    [
      'is due two hours into the morning',
      '2026-11-24T04:00:00.000Z',
      '2026-11-24T15:00:00.000Z',
      '2026-11-24T17:00:00.000Z',
    ],
  ])('%s, as its priority says', (_, at, opensAt, dueAt) => {
    const found = person({ telecom: [LANDLINE] }, cancelledAt(at, FRIDAY));
    expect(notice(found, opensAt)).toMatchObject({ priority: 'asap', opensAt, dueAt });
  });

  it('opens at night, where the morning would be after the visit', () => {
    // cancelled at 10 pm, the visit is at 8 am: no text may leave in between
    const found = facts({ appointments: [cancelledAt('2026-11-24T04:00:00.000Z', '2026-11-24T14:00:00.000Z')] });
    const plan = planFor(found, policy, '2026-11-24T04:15:00.000Z');
    expect(reasonOf(plan, 'change-notice')).toBe('quiet-hours');
    expect(taskOf(plan, 'change-notice')).toMatchObject({
      opensAt: '2026-11-24T04:15:00.000Z',
      dueAt: '2026-11-24T13:30:00.000Z',
    });
    // Nobody rang, and they may have stood before a closed door: owed on that day still, and once open until it is done.
    expect(notice(found, '2026-11-24T14:00:00.000Z')).toBeDefined();
    expect(notice(found, '2026-11-25T14:00:00.000Z')).toBeUndefined();
    const open = { ...(taskOf(plan, 'change-notice') as PlannedTask), state: 'open' as const, changedAt: NOON };
    expect(notice({ ...found, tasks: [open] }, '2026-11-26T14:00:00.000Z')).toBeDefined();
  });

  it('opens when it is too late to write and the patient may be on the way', () => {
    const found = facts({ appointments: [cancelledAt(NOON, '2026-11-23T18:20:00.000Z')] });
    expect(notice(found, '2026-11-23T18:02:00.000Z')).toMatchObject({ reason: 'too-close-to-visit' });
  });

  it('opens when the words failed at the last moment', () => {
    const off = facts({ appointments: [visit(FRIDAY, { ...changed, status: 'cancelled' })] });
    const dropped: MessageFact = {
      ...gone(off, 'change-notice', '2026-11-23T18:15:00.000Z', 'dropped'),
      reason: 'blank-unfilled',
      sentAt: undefined,
    };
    expect(notice({ ...off, messages: [dropped] }, '2026-11-23T18:20:00.000Z')).toMatchObject({
      reason: 'blank-unfilled',
    });
  });

  it('is none for the dead', () =>
    expect(
      planFor(
        person({ deceasedBoolean: true, telecom: [] }, visit(FRIDAY, { ...changed, status: 'cancelled' })),
        policy,
        '2026-11-24T18:00:00.000Z',
      ).tasks,
    ).toEqual([]));

  it('is none for one of whom the schedule says that they died', () => {
    const died = visit(FRIDAY, {
      ...changed,
      status: 'cancelled',
      cancelReason: ['http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|pat-dec'],
    });
    const plan = planFor(
      facts({ appointments: [died, visit(THURSDAY, { id: 'two' })] }),
      policy,
      '2026-11-24T18:00:00.000Z',
    );
    expect([plan.messages, plan.tasks]).toEqual([[], []]);
  });
});

describe('words that fail one patient', () => {
  const dropped = (reason: MessageFact['reason'], rule = 'reminder-2h') => {
    const found = facts({ appointments: [visit(FRIDAY, { telehealth: true })] });
    const row = { ...gone(found, rule, '2026-11-27T01:59:00.000Z', 'dropped'), reason, sentAt: undefined };
    return called({ ...found, messages: [row] }, '2026-11-27T15:00:00.000Z', rule);
  };

  it('are said by a person, also where the rule does not call by itself', () =>
    expect(dropped('blank-unfilled')).toMatchObject({ reason: 'blank-unfilled', dueAt: '2026-11-27T15:15:00.000Z' }));

  it('are not, when the text is past its review: that fails everybody', () =>
    expect(dropped('text-expired')).toBeUndefined());

  it('are said by a person where there are none for a confidential visit', () => {
    const { 'reminder-sensitive': _, ...texts } = policy.texts;
    const found = facts({ appointments: [visit(FRIDAY, { confidential: true })] });
    const plan = planFor(found, { ...policy, texts }, DUE);
    expect(reasonOf(plan, 'reminder-48h')).toBe('text-missing');
    expect(taskOf(plan, 'reminder-48h', 'call-patient')?.reason).toBe('text-missing');
  });
});

describe('a language without texts', () => {
  const reads = (code: string) => patient({ communication: [{ language: { coding: [{ code }] } }] });
  const about = (found: Partial<PatientFacts>, by = policy) =>
    planFor(facts({ appointments: [visit(FRIDAY), visit(THURSDAY, { id: 'two' })], ...found }), by, NOON).tasks;

  it('is one Task, however many messages, and stays as it was opened', () => {
    const found = facts({ patient: reads('vi'), appointments: [visit(FRIDAY), visit(THURSDAY, { id: 'two' })] });
    const open = settle(found, policy, NOON).facts;
    expect(open.tasks).toMatchObject([{ code: 'call-patient', reason: 'language-missing', opensAt: NOON }]);
    expect(settle(open, policy, DUE).changes.filter(one => 'task' in one)).toEqual([]);
  });

  it.each<[string, Partial<PatientFacts>]>([
    ['a language we write', { patient: reads('es-MX') }],
    ['a patient to whom nothing is said', { patient: reads('vi'), appointments: [] }],
    [
      'a patient who wants no texts',
      { patient: reads('vi'), optOuts: [{ medium: 'sms', address: '+13125550101', at: NOON, kind: 'opted-out' }] },
    ],
  ])('is none for %s', (_, found) => expect(about(found)).toEqual([]));

  it('is none where the practice wants none', () =>
    expect(about({ patient: reads('vi') }, withClinic(policy, { whenLanguageMissing: 'clinic-default' }))).toEqual([]));
});

describe('a person takes over', () => {
  const moved = facts({
    appointments: [
      visit(FRIDAY, {
        ...changed,
        firstSeen: { ...changed.firstSeen, state: { live: true, telehealth: false, start: THURSDAY } },
      }),
    ],
  });
  const SENT = '2026-11-23T18:16:00.000Z';

  it.each(['failed', 'unknown'] as const)('when the outcome of a notice is %s', state => {
    const messages = [gone(moved, 'change-notice', SENT, state)];
    const reason = state === 'unknown' ? 'outcome-unknown' : 'undeliverable';
    const after = { ...moved, messages };
    expect(taskOf(planFor(after, policy, SENT), 'change-notice')).toMatchObject({
      code: 'message-not-delivered',
      reason,
      opensAt: SENT,
    });
    // the same an hour later: its due time does not slip
    const open = settle(after, policy, SENT).facts;
    expect(diff(planFor(open, policy, '2026-11-23T19:16:00.000Z'), open, '2026-11-23T19:16:00.000Z')).toEqual([]);
    expect(taskOf(planFor(open, policy, FRIDAY), 'change-notice')).toBeUndefined();
  });

  it('when a confirmation failed, for as long as the visit is ahead', () => {
    const booked = facts({ appointments: [visit(FRIDAY, { imported: false, changedAt: NOON })] });
    const after = { ...booked, messages: [gone(booked, 'booking-confirmation', SENT, 'failed')] };
    for (const now of [SENT, '2026-11-26T20:00:00.000Z'])
      expect(taskOf(planFor(after, policy, now), 'booking-confirmation')?.reason).toBe('undeliverable');
  });

  it('but not once a later message has told them', () => {
    const failed = {
      ...gone(moved, 'change-notice', SENT, 'failed'),
      key: 'Patient/ana|change-notice|Appointment/one#0#message',
    };
    const next = {
      ...gone(moved, 'change-notice', '2026-11-23T19:00:00.000Z'),
      key: 'Patient/ana|change-notice|Appointment/one#0.1#message',
    };
    expect(planFor({ ...moved, messages: [failed, next] }, policy, '2026-11-23T19:00:00.000Z').tasks).toEqual([]);
  });

  it('after silence, once, at its time, unless somebody writes', () => {
    const missed = facts({ appointments: [visit('2026-11-23T16:00:00.000Z', { status: 'noshow', ...changed })] });
    const messages = [gone(missed, 'no-show', '2026-11-23T18:30:00.000Z', 'delivered')];
    const after = { ...missed, messages };
    const silence = (found: PatientFacts, now: Instant) =>
      taskOf(planFor(found, policy, now), 'no-show', 'missed-visit-unresolved');
    expect(silence(after, '2026-11-26T18:29:00.000Z')).toBeUndefined();
    expect(planFor(after, policy, '2026-11-26T18:29:00.000Z').lookAgainAt).toBe('2026-11-26T18:30:00.000Z');
    expect(silence(after, '2026-11-26T18:30:00.000Z')?.owner).toBe('practice-manager');
    expect(silence({ ...after, heardAt: ['2026-11-24T18:00:00.000Z'] }, '2026-11-26T18:30:00.000Z')).toBeUndefined();
    const open = settle(after, policy, '2026-11-26T18:30:00.000Z').facts;
    const heard = { ...open, heardAt: ['2026-11-26T19:00:00.000Z'] };
    expect(settle(heard, policy, '2026-11-26T19:00:00.000Z').changes).toContainEqual(
      expect.objectContaining({ act: 'close', reason: 'answered-already' }),
    );
  });
});

describe('a notice that reached nobody', () => {
  const at = (start: Instant, when: Instant) =>
    visit(start, {
      changedAt: when,
      firstSeen: { ...changed.firstSeen, state: { live: true, telehealth: false, start: THURSDAY } },
    });
  const first = facts({ appointments: [at(FRIDAY, NOON)] });
  const AGAIN = '2026-11-23T20:00:00.000Z';

  it.each(['failed', 'expired', 'dropped'] as const)('(%s) does not swallow the next one', state => {
    const spent = {
      ...gone(first, 'change-notice', '2026-11-23T18:16:00.000Z', state),
      ...(state === 'failed' ? {} : { sentAt: undefined }),
    };
    const next = { ...first, messages: [spent], appointments: [at('2026-12-01T16:00:00.000Z', AGAIN)] };
    const keys = (found: PatientFacts) =>
      planFor(found, policy, AGAIN)
        .messages.filter(one => one.rule === 'change-notice')
        .map(one => one.key);
    expect(keys(next)).toEqual(['Patient/ana|change-notice|Appointment/one#0.1#message']);
    // back to what it said: that was tried, and is not tried again under another name
    expect(keys({ ...next, appointments: [at(FRIDAY, AGAIN)] })).toEqual([
      'Patient/ana|change-notice|Appointment/one#0#message',
    ]);
  });
});

it('plans nothing at an hour that does not exist', () => {
  const nowhere = withClinic(policy, {
    stateZones: { IL: ['America/Chicago', 'Asia/Kolkata'] },
    sendingHours: { weekday: { from: '09:00', until: '12:00' }, sunday: { from: '12:00', until: '13:00' } },
  });
  const plan = planFor(person({ address: [{ state: 'IL' }] }, visit(FRIDAY)), nowhere, NOON);
  expect([plan.messages, reasonOf(plan, 'reminder-48h')]).toEqual([[], 'quiet-hours']);
});

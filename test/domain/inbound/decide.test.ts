import { describe, expect, it } from 'vitest';
import { promptsFor } from '../../../sync/domain/inbound/prompt.ts';
import type { PatientFacts } from '../../../sync/domain/plan/facts.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, gone, THURSDAY } from '../../support/scene.ts';
import { ADDRESS, type Decision, family, inShort, nothing, one, type Situation, says, two } from './support/scene.ts';

describe('one visit', () => {
  it.each<[string, Decision, object]>([
    [
      'yes',
      says('confirm'),
      { ...nothing, outcome: 'confirm', answer: 'answer-confirmed', replies: ['confirm Appointment/one'] },
    ],
    [
      'yes, again',
      says('confirm', { prompts: [{ ...one, answered: 'confirm' }] }),
      {
        ...nothing,
        outcome: 'confirmed-already',
        answer: 'answer-confirmed-already',
        replies: ['confirm Appointment/one'],
      },
    ],
    [
      'another time',
      says('reschedule'),
      {
        outcome: 'reschedule',
        answer: 'answer-reschedule',
        replies: ['reschedule Appointment/one'],
        tasks: ['reschedule-request Patient/ana'],
      },
    ],
    [
      'cancel',
      says('cancel'),
      {
        outcome: 'cancel',
        answer: 'answer-cancel-request',
        replies: ['cancel Appointment/one'],
        tasks: ['cancel-request Patient/ana'],
      },
    ],
    [
      'yes to an hour that is no more',
      says('confirm', { prompts: [{ ...one, standing: 'changed' }] }),
      { ...nothing, outcome: 'stale', answer: 'answer-visit-changed' },
    ],
    [
      'yes to a visit that is off',
      says('confirm', { prompts: [{ ...one, standing: 'gone' }] }),
      {
        replies: [],
        outcome: 'visit-gone',
        answer: 'answer-visit-past-or-gone',
        tasks: ['answer-patient Patient/ana'],
      },
    ],
    [
      'yes, though nothing was asked',
      says('confirm', { prompts: [] }),
      {
        replies: [],
        outcome: 'to-person',
        answer: 'answer-received',
        tasks: ['answer-patient Patient/ana'],
      },
    ],
    [
      'something else',
      says('unclear'),
      { replies: [], outcome: 'to-person', answer: 'answer-received', tasks: ['answer-patient Patient/ana'] },
    ],
    [
      'somebody unknown',
      says('confirm', { patients: [], prompts: [] }),
      { replies: [], outcome: 'unknown-sender', answer: 'answer-unknown-sender', tasks: ['identify-sender somebody'] },
    ],
  ])('%s', (_, decision, expected) => expect(inShort(decision)).toEqual(expected));
});

describe('two visits, or a family', () => {
  it.each<[string, Decision, object]>([
    [
      'two texts, one yes: which?',
      says('confirm', { prompts: [one, two] }),
      { ...nothing, outcome: 'asked-which', answer: 'answer-which-visit', asks: 2 },
    ],
    [
      'one text for both, one yes: both',
      says('confirm', {
        prompts: [
          { ...one, batch: 'b' },
          { ...two, batch: 'b' },
        ],
      }),
      {
        ...nothing,
        outcome: 'confirm',
        answer: 'answer-confirmed',
        replies: ['confirm Appointment/one', 'confirm Appointment/two'],
      },
    ],
    [
      'one text for both, another time: which?',
      says('reschedule', {
        prompts: [
          { ...one, batch: 'b' },
          { ...two, batch: 'b' },
        ],
      }),
      { ...nothing, outcome: 'asked-which', answer: 'answer-which-visit', asks: 2 },
    ],
    [
      'one of them moved: a question would name an hour that is no more',
      says('confirm', { prompts: [one, { ...two, standing: 'changed' }] }),
      { replies: [], outcome: 'to-person', answer: 'answer-received', tasks: ['answer-patient Patient/ana'] },
    ],
    [
      'one was answered: the other',
      says('confirm', { prompts: [{ ...one, answered: 'confirm' }, two] }),
      { ...nothing, outcome: 'confirm', answer: 'answer-confirmed', replies: ['confirm Appointment/two'] },
    ],
    [
      'two people, one phone: which?',
      says('confirm', { patients: ['Patient/ana', 'Patient/leo'], prompts: [one, family] }),
      { ...nothing, outcome: 'asked-which', answer: 'answer-which-visit', asks: 2 },
    ],
    [
      'the other of the two was not asked: the one who was',
      says('confirm', { patients: ['Patient/ana', 'Patient/leo'], prompts: [one, { ...family, asked: false }] }),
      { ...nothing, outcome: 'confirm', answer: 'answer-confirmed', replies: ['confirm Appointment/one'] },
    ],
    [
      'unclear from a shared phone: nobody is guessed',
      says('unclear', { patients: ['Patient/ana', 'Patient/leo'] }),
      { replies: [], outcome: 'to-person', answer: 'answer-received', tasks: ['answer-patient somebody'] },
    ],
  ])('%s', (_, decision, expected) => expect(inShort(decision)).toEqual(expected));
});

describe('a choice', () => {
  const question = { meaning: 'confirm' as const, options: [one, two] };
  const choose = (choice: number[], changes: Partial<Situation> = {}) =>
    inShort(says('choice', { question, prompts: [one, two], ...changes }, { choice }));
  it.each<[string, ReturnType<typeof choose>, object]>([
    ['the second', choose([2]), { outcome: 'confirm', replies: ['confirm Appointment/two'] }],
    ['both', choose([1, 2]), { outcome: 'confirm', replies: ['confirm Appointment/one', 'confirm Appointment/two'] }],
    ['a third of two', choose([3]), { outcome: 'to-person' }],
    ['one and a third', choose([1, 3]), { outcome: 'to-person' }],
    ['one that moved since', choose([1], { prompts: [{ ...one, standing: 'changed' }, two] }), { outcome: 'stale' }],
    [
      'two, one of which is off since',
      choose([1, 2], { prompts: [one, { ...two, standing: 'gone' }] }),
      { outcome: 'to-person' },
    ],
    ['when nothing was asked', choose([1], { question: undefined }), { outcome: 'to-person' }],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

describe('stop, start, help, wrong number', () => {
  it.each<[string, Decision, object]>([
    ['stop', says('stop'), { ...nothing, outcome: 'stopped', answer: 'answer-opt-out', stop: 'opted-out' }],
    [
      'stop, twice: no second answer',
      says('stop', { stopped: true }),
      { ...nothing, outcome: 'stopped', answer: undefined, stop: 'opted-out' },
    ],
    [
      'stop on a shared phone: each is offered another way',
      says('stop', { patients: ['Patient/ana', 'Patient/leo'] }),
      {
        replies: [],
        outcome: 'stopped',
        answer: 'answer-opt-out',
        stop: 'opted-out',
        tasks: ['opted-out Patient/ana', 'opted-out Patient/leo'],
      },
    ],
    [
      'a bare CANCEL',
      says('stop', {}, { alsoMaybe: 'cancel-visit' }),
      {
        replies: [],
        outcome: 'stopped',
        answer: 'answer-opt-out',
        stop: 'opted-out',
        tasks: ['maybe-cancel-visit Patient/ana'],
      },
    ],
    [
      'a bare CANCEL, with nothing to cancel',
      says('stop', { prompts: [] }, { alsoMaybe: 'cancel-visit' }),
      { ...nothing, outcome: 'stopped', answer: 'answer-opt-out', stop: 'opted-out' },
    ],
    [
      'start',
      says('start', { stopped: true }),
      { ...nothing, outcome: 'started', answer: 'answer-opt-in', lift: true },
    ],
    [
      'start, where the chart refuses texts: nothing is promised, and a person asks',
      says('start', { stopped: true, barred: ['Patient/ana'] }),
      { outcome: 'started', answer: 'answer-received', lift: true, replies: [], tasks: ['texts-wanted Patient/ana'] },
    ],
    [
      'start on a shared phone, where the chart of one refuses texts',
      says('start', { patients: ['Patient/ana', 'Patient/leo'], barred: ['Patient/leo'] }),
      { outcome: 'started', answer: 'answer-opt-in', lift: true, replies: [], tasks: ['texts-wanted Patient/leo'] },
    ],
    [
      'start from somebody unknown: no texts are promised',
      says('start', { patients: [], prompts: [] }),
      {
        outcome: 'unknown-sender',
        answer: 'answer-unknown-sender',
        lift: true,
        replies: [],
        tasks: ['identify-sender somebody'],
      },
    ],
    ['help', says('help'), { ...nothing, outcome: 'helped', answer: 'answer-help' }],
    [
      'help after a stop: it has just been asked for',
      says('help', { stopped: true }),
      { ...nothing, outcome: 'helped', answer: 'answer-help' },
    ],
    [
      'help, for the seventh time within the hour: a person looks',
      says('help', { chatty: true }),
      { replies: [], outcome: 'to-person', answer: undefined, tasks: ['answer-patient Patient/ana'] },
    ],
    [
      'thanks: nothing is asked, and nothing said',
      says('thanks'),
      { ...nothing, outcome: 'thanked', answer: undefined },
    ],
    [
      'stop and more, from somebody unknown',
      says('stop', { patients: [], prompts: [] }, { more: true }),
      {
        outcome: 'stopped',
        answer: 'answer-opt-out',
        stop: 'opted-out',
        replies: [],
        tasks: ['identify-sender somebody'],
      },
    ],
    [
      'wrong number',
      says('wrong-number'),
      {
        replies: [],
        outcome: 'wrong-number',
        answer: 'answer-wrong-number',
        stop: 'wrong-number',
        tasks: ['wrong-number Patient/ana'],
      },
    ],
  ])('%s', (_, decision, expected) => expect(inShort(decision)).toEqual(expected));
});

describe('a stopped address is heard, and is answered only where it asks us something', () => {
  const stopped = { stopped: true };
  it.each<[string, Decision]>([
    ['yes', says('confirm', stopped)],
    ['another time', says('reschedule', stopped)],
    ['which?', says('confirm', { ...stopped, prompts: [one, two] })],
    ['stale', says('confirm', { ...stopped, prompts: [{ ...one, standing: 'changed' }] })],
    ['gone', says('confirm', { ...stopped, prompts: [{ ...one, standing: 'gone' }] })],
  ])('%s', (_, decision) => expect(decision.answer).toBeUndefined());

  it('such as something only a person can read: it was received, and 911 is named', () => {
    expect(says('unclear', stopped).answer?.text).toBe('answer-received');
    expect(says('unclear', { ...stopped, patients: [] }).answer?.text).toBe('answer-unknown-sender');
  });

  it('and is not answered at all when two machines may be talking', () => {
    const chatty = { chatty: true };
    const all = [says('confirm', chatty), says('unclear', chatty), says('help', chatty), says('stop', chatty)];
    expect(all.map(decision => decision.answer)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('and still reaches a person, or has its effect', () => {
    for (const decision of [
      says('reschedule', stopped),
      says('confirm', { ...stopped, prompts: [one, two] }),
      says('unclear', stopped),
    ])
      expect(decision.tasks.length).toBeGreaterThan(0);
    expect(says('confirm', stopped).replies).toHaveLength(1);
  });
});

describe('what an answer can be about', () => {
  const SENT = '2026-11-25T16:00:00.000Z';
  const LATER = '2026-11-25T18:00:00.000Z';
  const reminded = facts({ appointments: [visit(FRIDAY)] });
  const prompts = (changes: Partial<PatientFacts>, address = ADDRESS) =>
    promptsFor(
      [{ ...reminded, messages: [gone(reminded, 'reminder-48h', SENT)], ...changes, batches: new Map() }],
      { address, at: LATER },
      shippedPolicy(),
      LATER,
    );

  it.each<[string, Partial<PatientFacts>, object]>([
    ['it holds', {}, { standing: 'holds', asked: true, start: FRIDAY }],
    [
      'it moved',
      { appointments: [visit('2026-12-01T16:00:00.000Z')] },
      { standing: 'changed', start: FRIDAY, told: { start: FRIDAY } },
    ],
    ['it is off', { appointments: [visit(FRIDAY, { status: 'cancelled' })] }, { standing: 'gone' }],
    [
      'it was given away',
      { appointments: [visit(FRIDAY, { patients: [{ reference: 'Patient/ben', status: 'accepted' }] })] },
      { standing: 'gone' },
    ],
    [
      'it was answered',
      { replies: [{ meaning: 'confirm', appointment: 'Appointment/one', start: FRIDAY, at: SENT }] },
      { answered: 'confirm' },
    ],
    [
      'another hour was answered',
      { replies: [{ meaning: 'confirm', appointment: 'Appointment/one', start: THURSDAY, at: SENT }] },
      { answered: undefined },
    ],
  ])('%s', (_, changes, expected) => expect(prompts(changes)).toMatchObject([expected]));

  it('is nothing that was told at another number, or never left', () => {
    expect(prompts({}, '+13125550199')).toEqual([]);
    expect(prompts({ messages: [gone(reminded, 'reminder-48h', SENT, 'failed')] })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../sync/domain/inbound/keywords.ts';
import type { LastSaid, Prompt } from '../../../sync/domain/inbound/prompt.ts';
import { family, inShort, nothing, one, type Situation, says, two } from './support/scene.ts';

const YES: Partial<Reply> = {};
const OK: Partial<Reply> = { assent: true };
const C: Partial<Reply> = { explicit: true };
const said = (...prompts: Prompt[]): LastSaid => ({
  asks: [],
  tells: prompts.map(({ told, patient }) => ({ ...told, patient })),
});
const answer = (meaning: 'confirm' | 'cancel' | 'reschedule', changes: Partial<Situation>, more: Partial<Reply> = {}) =>
  inShort(says(meaning, changes, more));

const confirms = (id: string) => ({ outcome: 'confirm', replies: [`confirm Appointment/${id}`] });
const which = { ...nothing, outcome: 'asked-which', answer: 'answer-which-visit', asks: 2 };
const closed = { ...nothing, outcome: 'acknowledged', answer: undefined };
const person = { replies: [], outcome: 'to-person', answer: 'answer-received', tasks: ['answer-patient Patient/ana'] };
const calledOff: Prompt = { ...one, answered: 'cancel' };

describe('after an answer of ours', () => {
  it.each<[string, ReturnType<typeof answer>, object]>([
    ['ok closes it', answer('confirm', { answered: true }, OK), closed],
    [
      'ok to a visit called off does not restore it',
      answer('confirm', { answered: true, prompts: [calledOff] }, OK),
      closed,
    ],
    ['nor before our answer has left', answer('confirm', { prompts: [calledOff] }, OK), closed],
    ['nor does it confirm another', answer('confirm', { answered: true, prompts: [calledOff, two] }, OK), closed],
    [
      '“I will be there” may mean it after all: a person',
      answer('confirm', { answered: true, prompts: [calledOff] }, YES),
      person,
    ],
    [
      '“see you then” to “you are confirmed”',
      answer('confirm', { answered: true, prompts: [{ ...one, answered: 'confirm' }] }, YES),
      closed,
    ],
    ['C says what it means', answer('confirm', { answered: true, prompts: [calledOff] }, C), confirms('one')],
    ['R is no assent', answer('reschedule', { answered: true }), { outcome: 'reschedule' }],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

describe('what was said last, beside what is unanswered', () => {
  const asked = one;
  const moved: Prompt = { ...two, asked: true };
  const booked: Prompt = { ...two, asked: false };
  const confirmed: Prompt = { ...one, answered: 'confirm' };
  it.each<[string, ReturnType<typeof answer>, object]>([
    ['C: which?', answer('confirm', { prompts: [asked, moved], last: said(moved) }, C), which],
    [
      'C, and the last did not ask: which?',
      answer('confirm', { prompts: [asked, booked], last: said(booked) }, C),
      which,
    ],
    ['R: which?', answer('reschedule', { prompts: [asked, booked], last: said(booked) }), which],
    [
      '“that works” is said to the last',
      answer('confirm', { prompts: [asked, booked], last: said(booked) }, YES),
      confirms('two'),
    ],
    [
      '“I cannot make it” today, tomorrow unanswered: which?',
      answer('cancel', { prompts: [confirmed, moved], last: said(confirmed) }),
      which,
    ],
    [
      'all answered: the last',
      answer('cancel', { prompts: [confirmed, { ...moved, answered: 'confirm' }], last: said(confirmed) }),
      { replies: ['cancel Appointment/one'] },
    ],
    ['nothing said last: the unanswered', answer('confirm', { prompts: [confirmed, moved] }, C), confirms('two')],
    [
      'one message for two children',
      answer(
        'confirm',
        {
          patients: ['Patient/ana', 'Patient/leo'],
          prompts: [
            { ...one, batch: 'b' },
            { ...family, batch: 'b' },
          ],
          last: said(one, family),
        },
        OK,
      ),
      { replies: ['confirm Appointment/one', 'confirm Appointment/leos'] },
    ],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

describe('a number with a word', () => {
  const choose = (asked: 'confirm' | 'cancel', meaning: 'confirm' | 'cancel' | 'reschedule', more: Partial<Reply>) =>
    answer(meaning, { prompts: [one, two], question: { meaning: asked, options: [one, two] } }, more);
  it.each<[string, ReturnType<typeof answer>, object]>([
    [
      '“yes, 2” to “which to cancel?” cancels',
      choose('cancel', 'confirm', { choice: [2] }),
      { replies: ['cancel Appointment/two'] },
    ],
    [
      '“2 👍” as well',
      choose('cancel', 'confirm', { choice: [2], assent: true }),
      { replies: ['cancel Appointment/two'] },
    ],
    [
      '“C 2” confirms',
      choose('cancel', 'confirm', { choice: [2], explicit: true }),
      { replies: ['confirm Appointment/two'] },
    ],
    [
      '“R 2” asks for another time',
      choose('confirm', 'reschedule', { choice: [2] }),
      { replies: ['reschedule Appointment/two'] },
    ],
    ['“yes” alone says nothing', choose('cancel', 'confirm', {}), person],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

describe('who may not be spoken of here', () => {
  it.each<[string, ReturnType<typeof answer>, object]>([
    ['alone: a person', answer('confirm', { prompts: [] }, C), person],
    [
      'a visit not told of yet: a person',
      answer('confirm', { prompts: [], untold: [{ start: two.start, zone: 'America/Chicago' }] }, C),
      person,
    ],
    ['a visit that has begun: a person', answer('confirm', { prompts: [{ ...one, standing: 'unsure' }] }, C), person],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

it('names the children whose visits are confirmed', () => {
  const prompts = [
    { ...one, batch: 'b' },
    { ...family, batch: 'b' },
  ];
  expect(says('confirm', { patients: ['Patient/ana', 'Patient/leo'], prompts }, C).answer?.list).toEqual(prompts);
  expect(says('confirm', {}, C).answer?.list).toBeUndefined();
});

it('answers START no more than anything else when machines may be talking', () => {
  expect(inShort(says('start', { chatty: true }))).toMatchObject({ outcome: 'started', answer: undefined });
});

describe('a day in the words', () => {
  // One is on a Friday, the other on a Thursday; now is the Monday before.
  const friday = { days: [{ weekday: 5 }] } as Partial<Reply>;
  const thursday = { days: [{ weekday: 4 }] } as Partial<Reply>;
  const untold = [{ start: two.start, zone: 'America/Chicago' }];
  it.each<[string, ReturnType<typeof answer>, object]>([
    ['names the visit', answer('cancel', { prompts: [one, two] }, friday), { replies: ['cancel Appointment/one'] }],
    ['of which nothing was said: a person', answer('cancel', { untold }, thursday), person],
    ['of which nobody knows: a person', answer('cancel', {}, thursday), person],
    ['to move it to', answer('reschedule', {}, thursday), { replies: ['reschedule Appointment/one'] }],
    ['to move it to, or of another visit: a person', answer('reschedule', { untold }, thursday), person],
  ])('%s', (_, decision, expected) => expect(decision).toMatchObject(expected));
});

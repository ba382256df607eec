import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../clock.ts';
import { type Reason, reasonIfLate } from '../reasons.ts';
import type { MessageFact, PatientFacts, TaskFact } from './facts.ts';
import type { Plan, PlannedMessage, PlannedTask } from './plan.ts';

/** What it takes to make the rows agree with the plan. Each word completes "the message was …". */
export type Change =
  | { act: 'create'; message: PlannedMessage }
  | { act: 'revise'; message: PlannedMessage }
  | { act: 'revive'; message: PlannedMessage }
  | { act: 'withdraw'; key: string; reason: Reason }
  | { act: 'expire'; key: string; reason: Reason }
  | { act: 'open'; task: PlannedTask }
  | { act: 'reword'; task: PlannedTask }
  | { act: 'close'; key: string; reason: Reason };

/** Only what differs is written; a message on its way or gone is history and is left alone. */
export function diff(plan: Plan, facts: PatientFacts, now: Instant): Change[] {
  return [...messageChanges(plan, facts.messages, now), ...taskChanges(plan, facts.tasks)];
}

function messageChanges(plan: Plan, have: MessageFact[], now: Instant): Change[] {
  const wanted = new Map(plan.messages.map(message => [message.key, message]));
  const why = new Map(plan.notPlanned.map(one => [one.key, one.reason]));
  const rows = new Map(have.map(row => [row.key, row]));
  const created = plan.messages.filter(message => !rows.has(message.key));
  return [
    ...created.map((message): Change => ({ act: 'create', message })),
    ...have.flatMap(row => changeOfRow(row, wanted.get(row.key), why.get(row.key), now)),
  ];
}

function changeOfRow(
  row: MessageFact,
  want: PlannedMessage | undefined,
  why: Reason | undefined,
  now: Instant,
): Change[] {
  if (row.state === 'planned') {
    if (want) return same(row, want) ? [] : [{ act: 'revise', message: want }];
    if (row.sendBefore <= now) return [{ act: 'expire', key: row.key, reason: reasonIfLate(row.reason) }];
    return isAnswer(row) ? [] : [{ act: 'withdraw', key: row.key, reason: why ?? 'visit-changed' }];
  }
  return row.state === 'withdrawn' && want ? [{ act: 'revive', message: want }] : [];
}

/** Answers to what a patient wrote are decided when it arrives; no rule plans them, so no plan withdraws them. */
const isAnswer = (row: MessageFact) => row.purpose === 'answer';

/** Every part of a plan, so that what a table adds to its rows (ids, batches, holds) is never taken for a change. */
const PARTS = Object.keys({
  key: true,
  patient: true,
  rule: true,
  step: true,
  purpose: true,
  text: true,
  language: true,
  medium: true,
  address: true,
  recipient: true,
  firstName: true,
  addressShared: true,
  zones: true,
  sendAt: true,
  sendBefore: true,
  joinKey: true,
  asks: true,
  languageMissing: true,
  blanks: true,
  tells: true,
} satisfies Record<keyof PlannedMessage, true>) as (keyof PlannedMessage)[];

const same = (row: MessageFact, want: PlannedMessage): boolean =>
  PARTS.every(part => isDeepStrictEqual(plain(row[part]), plain(want[part])));

/** As the database gives it back: without the keys whose value is undefined. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

function taskChanges(plan: Plan, have: TaskFact[]): Change[] {
  const wanted = new Map(plan.tasks.map(task => [task.key, task]));
  const rows = new Map(have.map(row => [row.key, row]));
  const why = new Map(plan.notPlanned.map(one => [one.key, one.reason]));
  return [
    ...plan.tasks.filter(task => !rows.has(task.key)).map((task): Change => ({ act: 'open', task })),
    ...have.flatMap(row => changeOfTask(row, wanted.get(row.key), why)),
  ];
}

function changeOfTask(row: TaskFact, want: PlannedTask | undefined, why: Map<string, Reason>): Change[] {
  // Done is a person's word, and stays.
  if (row.state === 'done' || row.rule === ANSWERING) return [];
  if (row.state === 'withdrawn') return want ? [{ act: 'open', task: want }] : [];
  if (!want) return [{ act: 'close', key: row.key, reason: why.get(row.key) ?? 'visit-changed' }];
  return WORDED.every(part => isDeepStrictEqual(plain(row[part]), plain(want[part])))
    ? []
    : [{ act: 'reword', task: want }];
}

/** What staff go by. */
const WORDED: (keyof PlannedTask)[] = ['says', 'dueAt', 'owner', 'priority', 'about', 'tells'];

/** The "rule" of what is opened and said in answer to a patient: it waits for a person, not for a plan. */
export const ANSWERING = 'answering';

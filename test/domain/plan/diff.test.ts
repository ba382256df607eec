import { expect, it } from 'vitest';
import { type Change, diff } from '../../../sync/domain/plan/diff.ts';
import type { MessageFact, MessageState, TaskFact } from '../../../sync/domain/plan/facts.ts';
import type { Plan, PlannedTask } from '../../../sync/domain/plan/plan.ts';
import { planFor } from '../../../sync/domain/plan/plan-for.ts';
import { facts, visit } from '../../support/facts.ts';
import { shippedPolicy } from '../../support/policy.ts';
import { FRIDAY, messageOf, NOON } from '../../support/scene.ts';

const message = messageOf(planFor(facts({ appointments: [visit(FRIDAY)] }), shippedPolicy(), NOON), 'reminder-48h')!;
const task: PlannedTask = {
  key: 'Patient/ana|no-show|x#call#task',
  patient: 'Patient/ana',
  rule: 'no-show',
  code: 'rebook-missed-visit',
  owner: 'front-desk',
  priority: 'routine',
  opensAt: NOON,
  dueAt: FRIDAY,
  says: 'Call.',
  about: ['Appointment/one'],
};
const EMPTY: Plan = { messages: [], tasks: [], notPlanned: [] };
const wants: Plan = { ...EMPTY, messages: [message] };
const wantsTask: Plan = { ...EMPTY, tasks: [task] };
const row = (state: MessageState, changes: Partial<MessageFact> = {}): MessageFact => ({
  ...message,
  state,
  ...changes,
});
const open = (changes: Partial<TaskFact> = {}): TaskFact => ({
  ...task,
  state: 'open',
  changedAt: task.opensAt,
  ...changes,
});
const because = (key: string): Plan => ({
  ...EMPTY,
  notPlanned: [{ key, rule: 'r', about: 'Appointment/one', reason: 'visit-cancelled' }],
});
/** As a table gives it back: with more than was planned. */
const stored = { ...row('planned', { reason: 'quiet-hours' }), id: 'm1', dueAt: FRIDAY, batch: undefined };

it.each<[string, Plan, Partial<Parameters<typeof facts>[0]>, Change[]]>([
  ['create', wants, {}, [{ act: 'create', message }]],
  ['nothing: it is there', wants, { messages: [row('planned')] }, []],
  ['nothing: it is there, with what the table adds', wants, { messages: [stored] }, []],
  ['nothing: it came back through JSON', wants, { messages: [JSON.parse(JSON.stringify(row('planned')))] }, []],
  ['revise: another hour', wants, { messages: [row('planned', { sendAt: NOON })] }, [{ act: 'revise', message }]],
  ['revise: another address', wants, { messages: [row('planned', { address: '+1' })] }, [{ act: 'revise', message }]],
  [
    'revise: no longer joined',
    { ...EMPTY, messages: [{ ...message, joinKey: undefined }] },
    { messages: [row('planned')] },
    [{ act: 'revise', message: { ...message, joinKey: undefined } }],
  ],
  ['revive', wants, { messages: [row('withdrawn')] }, [{ act: 'revive', message }]],
  ...(['sending', 'sent', 'delivered', 'failed', 'unknown', 'expired', 'dropped'] as const).map(
    (state): [string, Plan, object, Change[]] => [
      `nothing: it is history (${state})`,
      wants,
      { messages: [row(state)] },
      [],
    ],
  ),
  [
    'withdraw, and why',
    because(message.key),
    { messages: [row('planned')] },
    [{ act: 'withdraw', key: message.key, reason: 'visit-cancelled' }],
  ],
  [
    'withdraw, for whatever reason',
    EMPTY,
    { messages: [row('planned')] },
    [{ act: 'withdraw', key: message.key, reason: 'visit-changed' }],
  ],
  ['nothing: withdrawn already', EMPTY, { messages: [row('withdrawn')] }, []],
  [
    'expire',
    EMPTY,
    { messages: [row('planned', { sendBefore: NOON })] },
    [{ act: 'expire', key: message.key, reason: 'too-late' }],
  ],
  [
    'expire what its channel could not carry in time',
    EMPTY,
    { messages: [row('planned', { sendBefore: NOON, reason: 'channel-down' })] },
    [{ act: 'expire', key: message.key, reason: 'channel-was-down' }],
  ],
  ['nothing: an answer is nobody’s plan', EMPTY, { messages: [row('planned', { purpose: 'answer' })] }, []],
  [
    'expire an answer',
    EMPTY,
    { messages: [row('planned', { purpose: 'answer', sendBefore: NOON })] },
    [{ act: 'expire', key: message.key, reason: 'too-late' }],
  ],
  ['open', wantsTask, {}, [{ act: 'open', task }]],
  ['open again', wantsTask, { tasks: [open({ state: 'withdrawn' })] }, [{ act: 'open', task }]],
  ['nothing: it is open', wantsTask, { tasks: [open()] }, []],
  ['nothing: it is done, and stays done', wantsTask, { tasks: [open({ state: 'done', says: 'Other.' })] }, []],
  ['reword', wantsTask, { tasks: [open({ says: 'Other.' })] }, [{ act: 'reword', task }]],
  ['reword: another owner', wantsTask, { tasks: [open({ owner: 'nurse' })] }, [{ act: 'reword', task }]],
  [
    'close, and why',
    because(task.key),
    { tasks: [open()] },
    [{ act: 'close', key: task.key, reason: 'visit-cancelled' }],
  ],
  [
    'close, for whatever reason',
    EMPTY,
    { tasks: [open()] },
    [{ act: 'close', key: task.key, reason: 'visit-changed' }],
  ],
  ['nothing: it waits for a person', EMPTY, { tasks: [open({ rule: 'answering' })] }, []],
])('%s', (_, plan, have, changes) => expect(diff(plan, facts(have), NOON)).toEqual(changes));

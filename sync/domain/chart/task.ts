import type { Task } from '@medplum/fhirtypes';
import type { TaskFact } from '../plan/facts.ts';
import {
  inboundReference,
  keyIdentifier,
  ownerConcept,
  profile,
  reasonConcept,
  TASK_KEY_SYSTEM,
  taskConcept,
} from './codes.ts';

const STATUS = { open: 'requested', done: 'completed', withdrawn: 'cancelled' } as const;

/** What a person must do, as the chart sees it. `restriction.period.end` is when it is due (`standards.md` §1.3). */
export function taskOf(task: TaskFact, ownerName?: string): Task {
  const [focus, ...others] = task.about;
  return {
    resourceType: 'Task',
    meta: profile('loopkeeper-task'),
    identifier: [keyIdentifier(TASK_KEY_SYSTEM, task.key)],
    status: STATUS[task.state],
    ...whyOf(task),
    intent: 'order',
    priority: task.priority,
    code: taskConcept(task.code),
    description: task.says,
    ...(focus ? { focus: { reference: focus } } : {}),
    ...(task.patient ? { for: { reference: task.patient } } : {}),
    authoredOn: task.opensAt,
    performerType: [ownerConcept(task.owner, ownerName)],
    restriction: { period: { end: task.dueAt } },
    ...(task.inbound ? { reasonReference: inboundReference(task.inbound) } : {}),
    ...inputOf(others, task.candidates ?? []),
  };
}

/** Why a person has to do it; once it is withdrawn, why nobody has to any more. */
const whyOf = ({ state, reason }: TaskFact): Pick<Task, 'reasonCode' | 'statusReason'> => {
  if (!reason) return {};
  return state === 'withdrawn' ? { statusReason: reasonConcept(reason) } : { reasonCode: reasonConcept(reason) };
};

/** `focus` holds one, and `for` too; somebody with two visits today must not see one of them only. */
const inputOf = (others: string[], candidates: string[]): Pick<Task, 'input'> => {
  const input = [
    ...others.map(reference => named('Also about', reference)),
    ...candidates.map(reference => named('May be from', reference)),
  ];
  return input.length > 0 ? { input } : {};
};

const named = (text: string, reference: string) => ({ type: { text }, valueReference: { reference } });

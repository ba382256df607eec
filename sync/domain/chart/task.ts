import type { Task } from '@medplum/fhirtypes';
import type { TaskFact } from '../plan/facts.ts';
import { ownerConcept, profile, reasonConcept, TASK_KEY_SYSTEM, taskConcept } from './codes.ts';

const STATUS = { open: 'requested', done: 'completed', withdrawn: 'cancelled' } as const;

/** What a person must do, as the chart sees it. `restriction.period.end` is when it is due (`standards.md` §1.3). */
export function taskOf(task: TaskFact, ownerName?: string): Task {
  const [focus] = task.about;
  return {
    resourceType: 'Task',
    meta: profile('loopkeeper-task'),
    identifier: [{ system: TASK_KEY_SYSTEM, value: task.key }],
    status: STATUS[task.state],
    ...(task.reason ? { [task.state === 'open' ? 'businessStatus' : 'statusReason']: reasonConcept(task.reason) } : {}),
    intent: 'order',
    priority: task.priority,
    code: taskConcept(task.code),
    description: task.says,
    ...(focus ? { focus: { reference: focus } } : {}),
    ...(task.patient ? { for: { reference: task.patient } } : {}),
    authoredOn: task.opensAt,
    performerType: [ownerConcept(task.owner, ownerName)],
    restriction: { period: { end: task.dueAt } },
  };
}

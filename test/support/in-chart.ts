import type { Communication, Task } from '@medplum/fhirtypes';
import type { Whole } from './whole.ts';

/** What the sandbox EHR holds, in the order in which it came. */
export const tasksIn = async ({ ehr }: Whole): Promise<Task[]> =>
  (await ehr.store.search('Task')).flatMap(one => (one.resourceType === 'Task' ? [one as Task] : []));

export const communicationsIn = async ({ ehr }: Whole): Promise<Communication[]> =>
  (await ehr.store.search('Communication')).flatMap(one =>
    one.resourceType === 'Communication' ? [one as Communication] : [],
  );

import type { Task } from '@medplum/fhirtypes';
import { keyIdentifier, TASK_KEY_SYSTEM } from '../domain/chart/codes.ts';
import { isEnded } from '../domain/chart/ownership.ts';
import { record } from '../store/journal.ts';
import { bumpGeneration } from '../store/patient.ts';
import { endedInChart, openInChart } from '../store/task.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

/** Ids in one search: its URL stays short for every server. */
const AT_ONCE = 50;

type Open = Awaited<ReturnType<typeof openInChart>>[number];

/**
 * Learns which of our open Tasks people have ended, or deleted, in the EHR: what they have done is done, and nobody is
 * asked again (law 12). Returns how many. Throws EhrError; the next look goes on.
 */
export async function learnOfEndedTasks(service: Service): Promise<number> {
  const open = await openInChart(service.database.sql);
  let ended = 0;
  for (let i = 0; i < open.length; i += AT_ONCE)
    for (const task of await endedAmong(service, open.slice(i, i + AT_ONCE)))
      ended += (await end(service, task)) ? 1 : 0;
  return ended;
}

async function endedAmong({ connection }: Service, open: Open[]): Promise<Open[]> {
  const { client, ownership, profile } = connection;
  const held = new Map<string, Task>();
  const ids = open.map(({ inChart }) => idIn(inChart)).join(',');
  for await (const bundle of client.pages(`Task?_id=${ids}&${profile.paging.parameter}=${AT_ONCE}`, { fresh: true }))
    for (const { resource } of bundle.entry ?? [])
      if (resource?.resourceType === 'Task') held.set(`Task/${resource.id}`, resource);
  const ended: Open[] = [];
  for (const task of open) {
    // That a search does not show it proves nothing; a read does (law 10).
    const found = held.get(task.inChart) ?? (await readTask(client, task));
    if (!found || (isOurs(found, task) && isEnded(found, ownership))) ended.push(task);
  }
  return ended;
}

async function readTask(client: Service['connection']['client'], { inChart }: Open): Promise<Task | undefined> {
  const read = await client.read('Task', idIn(inChart));
  return read.outcome === 'found' && read.resource.resourceType === 'Task' ? read.resource : undefined;
}

const idIn = (reference: string) => reference.slice('Task/'.length);

const isOurs = ({ identifier }: Task, { key }: Open): boolean => {
  const { system, value } = keyIdentifier(TASK_KEY_SYSTEM, key);
  return identifier?.some(one => one.system === system && one.value === value) ?? false;
};

async function end({ database, clock }: Service, { key, patient }: Open): Promise<boolean> {
  const at = clock();
  return inTransaction(database.sql, async sql => {
    if (!(await endedInChart(sql, key, at))) return false;
    if (patient) await bumpGeneration(sql, [patient]);
    await record(sql, [{ at, who: 'staff', what: 'close', ...(patient ? { patient } : {}), key }]);
    return true;
  });
}

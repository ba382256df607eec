import type { WithId } from '@medplum/core';
import type { Communication, Task } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import type { SandboxStore } from '../store.ts';
import { type Directory, patientName } from './directory.ts';
import { type LocalTime, localTime } from './local-time.ts';

export type Link = { name: string; url: string };

/** A Task as somebody at the desk reads it. Without `patient` nobody knows yet whom it is about. */
export type TaskView = {
  task: WithId<Task>;
  patient: Link | undefined;
  says: string;
  /** The patient's own words, when the Task was opened by them and does not quote them itself. */
  wrote: string | undefined;
  due: LocalTime | undefined;
  isLate: boolean;
  visits: Link[];
  candidates: Link[];
  isOpen: boolean;
  isTaken: boolean;
};

const ENDED: Task['status'][] = ['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error'];
const AT_WORK: Task['status'][] = ['accepted', 'in-progress'];
const URGENCY: Task['priority'][] = ['stat', 'asap', 'urgent'];

export const isOpen = ({ status }: Task): boolean => !ENDED.includes(status);

/** Open ones first, the most urgent first among them, then what is due soonest. */
export async function readTasks(
  store: SandboxStore,
  directory: Directory,
  now: Instant,
  query = '',
): Promise<TaskView[]> {
  const [tasks, said, visits] = await Promise.all([
    store.search('Task', query),
    store.search('Communication'),
    store.search('Appointment'),
  ]);
  const starts = new Map(visits.map(visit => [`Appointment/${visit.id}`, visit]));
  const visitLink = (reference: string): Link[] => {
    const visit = starts.get(reference);
    if (!visit) return [];
    const zone = zoneOf(
      visit.participant.map(({ actor }) => actor?.reference ?? ''),
      directory,
    );
    const wall = visit.start ? localTime(visit.start, zone) : undefined;
    const name = wall ? `visit of ${wall.shortDay}, ${wall.clock} ${wall.zone}` : 'visit without a time';
    return [{ name, url: `/desk/visits/${visit.id}` }];
  };
  const viewed = tasks.map((task): TaskView => {
    const wrote = wordsBehind(task, said);
    const inputs = (task.input ?? []).map(({ valueReference }) => valueReference?.reference ?? '');
    const visitRefs = [task.focus?.reference ?? '', ...inputs];
    const seenAt = starts.get(task.focus?.reference ?? '')?.participant.map(({ actor }) => actor?.reference ?? '');
    const dueAt = task.restriction?.period?.end;
    return {
      task,
      patient: personLink(task.for?.reference, directory),
      says: task.description ?? task.code?.text ?? task.code?.coding?.[0]?.code ?? 'Something is to be done.',
      wrote: wrote && !task.description?.includes(wrote) ? wrote : undefined,
      due: dueAt ? localTime(dueAt, zoneOf(seenAt ?? [], directory)) : undefined,
      isLate: isOpen(task) && dueAt !== undefined && dueAt < now,
      visits: visitRefs.flatMap(visitLink),
      candidates: inputs.flatMap(reference => personLink(reference, directory) ?? []),
      isOpen: isOpen(task),
      isTaken: AT_WORK.includes(task.status),
    };
  });
  return viewed.sort((a, b) => rank(a) - rank(b) || dueOf(a).localeCompare(dueOf(b)));
}

export async function countOpenTasks(store: SandboxStore): Promise<number> {
  return (await store.search('Task')).filter(isOpen).length;
}

const rank = ({ isOpen, task }: TaskView): number => {
  const urgency = URGENCY.indexOf(task.priority);
  return (isOpen ? 0 : URGENCY.length + 1) + (urgency < 0 ? URGENCY.length : urgency);
};
const dueOf = ({ task }: TaskView): string => task.restriction?.period?.end ?? '9';

/** The place of the visit it is about, or the practice's first. */
const zoneOf = (references: readonly string[], { sites }: Directory): string =>
  (sites.find(({ id }) => references.includes(`Location/${id}`)) ?? sites[0])?.zone ?? 'UTC';

function personLink(reference: string | undefined, { patients }: Directory): Link | undefined {
  const patient = patients.get(reference ?? '');
  return patient && { name: patientName(patient), url: `/desk/patients/${patient.id}` };
}

/** The Task names the message by its identifier, as it may have been written before it. */
function wordsBehind({ reasonReference }: Task, said: readonly Communication[]): string | undefined {
  const { system, value } = reasonReference?.identifier ?? {};
  if (!value) return undefined;
  const message = said.find(({ identifier }) => identifier?.some(one => one.system === system && one.value === value));
  return message?.payload?.map(({ contentString }) => contentString).join(' ');
}

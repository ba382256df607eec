import type { Resource } from '@medplum/fhirtypes';
import { isCanary } from '../domain/chart/canary.ts';
import type { Instant } from '../domain/clock.ts';
import { readCommunication } from '../domain/facts/communication.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { reachableIn } from '../domain/facts/reachable.ts';
import { isAnotherPerson, isSuperseded, type News, newsOf, patientsOf } from '../domain/mirror.ts';
import { instant, toMs } from '../domain/time.ts';
import { sharedTrace, type Traceparent } from '../domain/trace.ts';
import { pullBrake } from '../store/brake.ts';
import type { Sql } from '../store/database.ts';
import { countHeard } from '../store/hearing.ts';
import { record } from '../store/journal.ts';
import { bumpGeneration, peopleAt, putAddresses } from '../store/patient.ts';
import {
  type HeldRow,
  heldVersions,
  lockResources,
  type MirrorRow,
  patientsOfEach,
  putResources,
} from '../store/resource.ts';
import { digestOf, goneRow, heldOf, rowOf, stands } from './mirror-row.ts';

export interface Observation {
  resources: Resource[];
  /** Records that a read found gone (404, 410) or a history feed lists as deleted. Never a guess (law 10). */
  deleted?: { type: string; id: string }[];
  /** Part of the first complete read of this EHR: history, not news. */
  imported: boolean;
  now: Instant;
  country: string;
  /** What brought it: counted, so that hooks that are lost can be told from an EHR in which nothing happens. */
  heard?: { connection: string; how: 'hook' | 'poll' };
  /** Of which record by what it became known. */
  traces?: ReadonlyMap<Reference, Traceparent>;
}

export type Counts = Record<News | 'gone', number>;

export const noCounts = (): Counts => ({
  new: 0,
  updated: 0,
  identical: 0,
  older: 0,
  'set-back': 0,
  restored: 0,
  gone: 0,
});

/** Takes in what was read, in the caller's transaction; wakes the patients it concerns. */
export async function mirror(sql: Sql, observation: Observation): Promise<Counts> {
  const counts = noCounts();
  const concerned: Concern[] = [];
  const strangers: Reference[] = [];
  for (const [type, resources] of byType(observation.resources)) {
    const { concerns, others } = await mirrorType(sql, type, resources, observation, counts);
    concerned.push(...concerns);
    strangers.push(...others);
  }
  for (const [type, gone] of Map.groupBy(observation.deleted ?? [], one => one.type))
    concerned.push(...(await markGone(sql, type, idsOf(gone), observation, counts)));
  // All at once, as that locks them in one order: the gate holds several patients too.
  await bumpGeneration(sql, ...bumpsOf(concerned, observation));
  if (strangers.length > 0) await holdStrangers(sql, strangers, observation.now);
  return counts;
}

/** A patient, and what concerns them: what it is that changed, if one record alone did it. */
interface Concern {
  patient: Reference;
  by?: Reference;
}

function bumpsOf(
  concerned: Concern[],
  { traces = new Map() }: Observation,
): [patients: Reference[], traces: Map<Reference, Traceparent>] {
  const known = new Map<Reference, Traceparent>();
  for (const { patient, by } of concerned) {
    const traceparent = by ? traces.get(by) : sharedTrace(traces.values());
    if (traceparent) known.set(patient, traceparent);
  }
  return [concerned.map(one => one.patient), known];
}

/** The brake's cause where a record has become another person's: what the first was told must not be told on to the second. */
export const ANOTHER_PERSON = 'another-person';

async function holdStrangers(sql: Sql, patients: Reference[], at: Instant): Promise<void> {
  const dryRun = { patients: patients.length, affected: patients.length, acts: {} };
  const brake = await pullBrake(sql, ANOTHER_PERSON, dryRun, patients, at);
  const detail = { cause: ANOTHER_PERSON, brake };
  await record(
    sql,
    patients.map(patient => ({ at, who: 'loopkeeper', what: 'brake', patient, detail })),
  );
}

const isStranger = (held: HeldRow | undefined, read: Resource): boolean =>
  held?.body?.resourceType === 'Patient' && read.resourceType === 'Patient' && isAnotherPerson(held.body, read);

/** Is all of this held just as it was read? Then there is nothing to take in. Locks nothing. */
export async function isMirrored(sql: Sql, resources: Resource[]): Promise<boolean> {
  if (resources.length === 0) return true;
  const keys = resources.map(({ resourceType: type, id = '' }) => ({ type, id }));
  const held = new Map((await heldVersions(sql, keys)).map(row => [`${row.type}/${row.id}`, row]));
  return resources.every(resource => {
    const row = held.get(idOf(resource));
    return row !== undefined && stands(row, resource, digestOf(resource));
  });
}

/** The last of several versions of one resource, types in a fixed order so that two observers never deadlock. */
function byType(resources: Resource[]): [string, Resource[]][] {
  const latestById = new Map<Reference, Resource>();
  for (const resource of resources) {
    const known = latestById.get(idOf(resource));
    if (!known || isSuperseded(known, resource)) latestById.set(idOf(resource), resource);
  }
  const grouped = Map.groupBy(latestById.values(), resource => resource.resourceType as string);
  return [...grouped].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the patients for whom this is news, and those who are no longer who they were. */
async function mirrorType(
  sql: Sql,
  type: string,
  resources: Resource[],
  observation: Observation,
  counts: Counts,
): Promise<{ concerns: Concern[]; others: Reference[] }> {
  const held = new Map((await lockResources(sql, type, idsOf(resources))).map(row => [row.id, row]));
  const rows: MirrorRow[] = [];
  const fresh: Resource[] = [];
  for (const resource of resources) {
    const row = held.get(resource.id ?? '');
    const digest = digestOf(resource);
    const news = newsOf(row && heldOf(row), resource, digest);
    counts[news] += 1;
    if (news === 'older' || news === 'set-back' || (row && stands(row, resource, digest))) continue;
    rows.push(rowOf(resource, row, digest, observation));
    if (news !== 'identical') fresh.push(resource);
  }
  const known = idsOf(fresh).filter(id => held.has(id));
  const before = await concernedBy(sql, type, known);
  await putResources(sql, rows);
  await countNews(sql, type, fresh, observation);
  const neighbours = await updateAddresses(sql, fresh, observation);
  const concerned = fresh
    .filter(resource => !isEcho(resource))
    .flatMap(resource => patientsOf(resource).map(patient => ({ patient, by: idOf(resource) })));
  const others = fresh.filter(resource => isStranger(held.get(resource.id ?? ''), resource)).map(idOf);
  return { concerns: [...before, ...concerned, ...neighbours], others };
}

/** A poll may find what is only just being announced. */
const ON_ITS_WAY_MS = 15_000;

async function countNews(sql: Sql, type: string, fresh: Resource[], { heard, now }: Observation): Promise<void> {
  if (!heard) return;
  const lags = fresh
    .filter(resource => !isCanary(resource))
    .map(({ meta }) => Math.max(0, toMs(now) - toMs(instant(meta?.lastUpdated) ?? now)))
    .filter(lag => heard.how === 'hook' || lag >= ON_ITS_WAY_MS);
  await countHeard(sql, { ...heard, type, lags }, now);
}

async function markGone(
  sql: Sql,
  type: string,
  ids: string[],
  { now }: Observation,
  counts: Counts,
): Promise<Concern[]> {
  const held = (await lockResources(sql, type, ids)).filter(row => !row.deleted);
  counts.gone += held.length;
  await putResources(
    sql,
    held.map(row => goneRow(row, now)),
  );
  return concernedBy(sql, type, idsOf(held));
}

const concernedBy = async (sql: Sql, type: string, ids: string[]): Promise<Concern[]> =>
  (await patientsOfEach(sql, type, ids)).map(({ id, patient }) => ({ patient, by: `${type}/${id}` }));

const idsOf = (some: { id?: string }[]): string[] => some.map(one => one.id ?? '');

/** Keeps who lives at which number. A changed number concerns everybody at the old and at the new one. */
async function updateAddresses(sql: Sql, resources: Resource[], { country, now }: Observation): Promise<Concern[]> {
  const touched = await putAddresses(sql, reachableIn(resources, country, now));
  return (await peopleAt(sql, touched)).map(({ patient }) => ({ patient }));
}

/** Our own message, come back through the chart: nothing has changed (law 12). */
const isEcho = (resource: Resource): boolean => {
  if (resource.resourceType !== 'Communication') return false;
  const read = readCommunication(resource);
  return 'fact' in read && read.fact.ours;
};

import { createHash } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';
import type { Instant } from '../domain/clock.ts';
import { readCommunication } from '../domain/facts/communication.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { reachableIn } from '../domain/facts/reachable.ts';
import { firstStateOf, isSuperseded, type News, newsOf, patientsOf, visitDigest } from '../domain/mirror.ts';
import { instant } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { bumpGeneration, peopleAt, putAddresses } from '../store/patient.ts';
import { lockResources, type MirrorRow, patientsOf as mirroredPatients, putResources } from '../store/resource.ts';

export interface Observation {
  resources: Resource[];
  /** Records that a read found gone (404, 410) or a history feed lists as deleted. Never a guess (law 10). */
  deleted?: { type: string; id: string }[];
  /** Part of the first complete read of this EHR: history, not news. */
  imported: boolean;
  now: Instant;
  country: string;
}

export type Counts = Record<News | 'gone', number>;
type Held = Awaited<ReturnType<typeof lockResources>>[number];

/** Takes in what was read, in the caller's transaction; wakes the patients it concerns. Returns six counters. */
export async function mirror(sql: Sql, observation: Observation): Promise<Counts> {
  const counts: Counts = { new: 0, updated: 0, identical: 0, older: 0, restored: 0, gone: 0 };
  for (const [type, resources] of byType(observation.resources))
    await mirrorType(sql, type, resources, observation, counts);
  for (const [type, gone] of Map.groupBy(observation.deleted ?? [], one => one.type))
    await markGone(
      sql,
      type,
      gone.map(one => one.id),
      observation,
      counts,
    );
  return counts;
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

async function mirrorType(
  sql: Sql,
  type: string,
  resources: Resource[],
  observation: Observation,
  counts: Counts,
): Promise<void> {
  const held = new Map(
    (
      await lockResources(
        sql,
        type,
        resources.map(r => r.id ?? ''),
      )
    ).map(row => [row.id, row]),
  );
  const rows: MirrorRow[] = [];
  const fresh: Resource[] = [];
  for (const resource of resources) {
    const row = held.get(resource.id ?? '');
    const digest = digestOf(resource);
    const news = newsOf(row && heldOf(row), resource, digest);
    counts[news] += 1;
    if (news === 'older') continue;
    rows.push(rowOf(resource, row, digest, observation));
    if (news !== 'identical') fresh.push(resource);
  }
  const before = await mirroredPatients(
    sql,
    type,
    fresh.map(r => r.id ?? ''),
  );
  await putResources(sql, rows);
  const neighbours = await updateAddresses(sql, fresh, observation);
  const concerned = fresh.filter(resource => !isEcho(resource)).flatMap(patientsOf);
  await bumpGeneration(sql, [...(fresh.length > 0 ? before : []), ...concerned, ...neighbours]);
}

const heldOf = (row: Held) => ({
  versionId: row.version_id ?? undefined,
  lastUpdated: row.last_updated ?? undefined,
  digest: row.digest,
  deleted: row.deleted,
});

function rowOf(resource: Resource, held: Held | undefined, digest: string, { imported, now }: Observation): MirrorRow {
  const lastUpdated = instant(resource.meta?.lastUpdated);
  return {
    type: resource.resourceType,
    id: resource.id ?? '',
    versionId: resource.meta?.versionId,
    lastUpdated,
    body: resource,
    deleted: false,
    digest,
    observedAt: now,
    patients: patientsOf(resource),
    ...(resource.resourceType === 'Appointment'
      ? visitColumns(resource, held, lastUpdated ?? now, { imported, now })
      : {}),
  };
}

function visitColumns(
  appointment: Resource & { resourceType: 'Appointment' },
  held: Held | undefined,
  at: Instant,
  { imported, now }: Pick<Observation, 'imported' | 'now'>,
) {
  const state = firstStateOf(appointment);
  const firstSeen = held?.first_seen ?? (state && { at, imported, state, seenAt: now });
  const before = held?.body?.resourceType === 'Appointment' && !held.deleted ? visitDigest(held.body) : undefined;
  const unchanged = before !== undefined && before === visitDigest(appointment);
  return { firstSeen, changedAt: unchanged ? (held?.changed_at ?? at) : at };
}

async function markGone(sql: Sql, type: string, ids: string[], { now }: Observation, counts: Counts): Promise<void> {
  const held = (await lockResources(sql, type, ids)).filter(row => !row.deleted);
  counts.gone += held.length;
  await putResources(
    sql,
    held.map(row => ({
      type,
      id: row.id,
      versionId: row.version_id ?? undefined,
      lastUpdated: row.last_updated ?? undefined,
      body: row.body,
      deleted: true,
      digest: row.digest,
      observedAt: now,
      firstSeen: row.first_seen ?? undefined,
      changedAt: now,
      patients: [],
    })),
  );
  await bumpGeneration(
    sql,
    await mirroredPatients(
      sql,
      type,
      held.map(row => row.id),
    ),
  );
}

/** Keeps who lives at which number. A changed number concerns everybody at the old and at the new one. */
async function updateAddresses(sql: Sql, resources: Resource[], { country, now }: Observation): Promise<Reference[]> {
  const touched = await putAddresses(sql, reachableIn(resources, country, now));
  return (await peopleAt(sql, touched)).map(row => row.patient);
}

/** Our own message, come back through the chart: nothing has changed (law 12). */
const isEcho = (resource: Resource): boolean => {
  if (resource.resourceType !== 'Communication') return false;
  const read = readCommunication(resource);
  return 'fact' in read && read.fact.ours;
};

/** Of what a resource says, without what servers change by themselves. */
function digestOf(resource: Resource): string {
  const { meta, ...rest } = resource;
  const said = { ...rest, text: undefined, security: meta?.security, tag: meta?.tag };
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}

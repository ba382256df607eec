import { createHash } from 'node:crypto';
import type { Appointment, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../domain/clock.ts';
import { firstStateOf, leftBy, patientsOf, visitDigest } from '../domain/mirror.ts';
import { instant } from '../domain/time.ts';
import type { HeldRow, HeldVersion, MirrorRow } from '../store/resource.ts';

/** When it was read, and whether as history. */
interface Reading {
  imported: boolean;
  now: Instant;
}

/** What is known of a resource, for telling news from old. */
export const heldOf = (row: HeldVersion) => ({
  versionId: row.version_id ?? undefined,
  lastUpdated: row.last_updated ?? undefined,
  digest: row.digest,
  deleted: row.deleted,
});

/** Nothing to write: the very version that is held, and the same words in it. */
export const stands = (row: HeldVersion, { meta }: Resource, digest: string): boolean =>
  !row.deleted &&
  row.digest === digest &&
  row.version_id === (meta?.versionId ?? null) &&
  row.last_updated === (instant(meta?.lastUpdated) ?? null);

/** A resource as it is to stand in the mirror, beside what only an onlooker can know of it. */
export function rowOf(
  resource: Resource,
  held: HeldRow | undefined,
  digest: string,
  { imported, now }: Reading,
): MirrorRow {
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

function visitColumns(appointment: Appointment, held: HeldRow | undefined, at: Instant, { imported, now }: Reading) {
  const state = firstStateOf(appointment);
  const seen = held?.first_seen ?? (state && { at, imported, state, seenAt: now });
  const last = held?.body?.resourceType === 'Appointment' && !held.deleted ? held.body : undefined;
  const before = last && visitDigest(last);
  const unchanged = before !== undefined && before === visitDigest(appointment);
  const firstSeen = seen && { ...seen, left: leftBy(appointment, last, seen.left, at) };
  return { firstSeen, changedAt: unchanged ? (held?.changed_at ?? at) : at };
}

/** A deleted record keeps its last body, and its patients their link to it. */
export const goneRow = (row: HeldRow, now: Instant): MirrorRow => ({
  type: row.type,
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
});

/** Of what a resource says, without what servers change by themselves. */
export function digestOf(resource: Resource): string {
  const { meta, ...rest } = resource;
  const said = { ...rest, text: undefined, security: meta?.security, tag: meta?.tag };
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}

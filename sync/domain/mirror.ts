import type { Appointment, Patient, Resource } from '@medplum/fhirtypes';
import type { Instant } from './clock.ts';
import { readAppointment } from './facts/appointment.ts';
import type { Reference } from './facts/fact.ts';
import { referenceOf } from './facts/fhir.ts';
import type { FirstSeen, FirstState } from './plan/facts.ts';
import { takesPart, visitState } from './plan/visit.ts';
import { instant } from './time.ts';

/** What we hold of a resource, as far as the next version is compared with it. */
export interface Held {
  versionId?: string;
  lastUpdated?: Instant;
  digest: string;
  deleted: boolean;
}

/** One of the words that complete "the record was …" (after `models.md`, simple-server). */
export type News = 'new' | 'updated' | 'identical' | 'older' | 'set-back' | 'restored';

/** Never backwards: hooks come late and out of order, pages repeat (`standards.md` §2.8, L4). */
export function newsOf(held: Held | undefined, resource: Resource, digest: string): News {
  if (!held) return 'new';
  if (isOlder(held, resource)) return isLater(held, resource) ? 'set-back' : 'older';
  if (held.deleted) return isSameVersion(held, resource) ? 'older' : 'restored';
  return held.digest === digest ? 'identical' : 'updated';
}

/** Without version ids the clock of the server says it: a page read before the deletion revives nothing. */
const isSameVersion = (held: Held, { meta }: Resource) =>
  held.versionId !== undefined || meta?.versionId !== undefined
    ? meta?.versionId === held.versionId
    : held.lastUpdated !== undefined && instant(meta?.lastUpdated) === held.lastUpdated;

/** Whole numbers are compared as numbers; random version ids say nothing, so there the clock of the server decides. */
export function isOlder(held: Pick<Held, 'versionId' | 'lastUpdated'>, { meta }: Resource): boolean {
  if (isCount(held.versionId) && isCount(meta?.versionId)) return BigInt(meta.versionId) < BigInt(held.versionId);
  const updated = instant(meta?.lastUpdated);
  return held.lastUpdated !== undefined && updated !== undefined && updated < held.lastUpdated;
}

/** A lower version made later: somebody has put the record, or all of them, back to what it was. */
const isLater = ({ lastUpdated }: Held, { meta }: Resource): boolean =>
  lastUpdated !== undefined && (instant(meta?.lastUpdated) ?? lastUpdated) > lastUpdated;

/** Of two versions of one resource, whether the other one is to be used. */
export const isSuperseded = ({ meta }: Resource, by: Resource): boolean =>
  !isOlder({ versionId: meta?.versionId, lastUpdated: instant(meta?.lastUpdated) }, by);

const isCount = (version: string | undefined): version is string => /^\d{1,18}$/.test(version ?? '');

/**
 * The same id, and nothing by which one would know the person again: another birth date, and no name in common. An EHR
 * may give out an id again, above all after it was restored from a backup.
 */
export function isAnotherPerson(held: Patient, read: Patient): boolean {
  if (!held.birthDate || !read.birthDate || held.birthDate === read.birthDate) return false;
  const [before, after] = [namesOf(held), namesOf(read)];
  return before.length > 0 && after.length > 0 && !before.some(name => after.includes(name));
}

const namesOf = ({ name }: Patient): string[] =>
  (name ?? [])
    .flatMap(({ given, family }) => [...(given ?? []), family ?? ''])
    .map(one => one.trim().toLowerCase())
    .filter(one => one !== '');

/** The patients a resource concerns: all of a group visit, none for a blocked hour. */
export function patientsOf(resource: Resource): Reference[] {
  switch (resource.resourceType) {
    case 'Patient':
      return [`Patient/${resource.id}`];
    case 'Appointment':
      return patientsIn(resource.participant?.map(p => p.actor));
    case 'RelatedPerson':
    case 'Consent':
      return patientsIn([resource.patient]);
    case 'ServiceRequest':
    case 'Communication':
      return patientsIn([resource.subject]);
    default:
      return [];
  }
}

const patientsIn = (references: Parameters<typeof referenceOf>[0][] | undefined): Reference[] => [
  ...new Set((references ?? []).flatMap(r => referenceOf(r) ?? []).filter(r => r.startsWith('Patient/'))),
];

/** The part of a visit that restarts the settling time when it changes, for any of its patients. */
export function visitDigest(appointment: Appointment): string | undefined {
  const read = readAppointment(appointment);
  if ('unusable' in read) return undefined;
  const { status, start, telehealth, telehealthLink, locations, practitioners, patients } = read.fact;
  const takingPart = patients.map(p => `${p.reference} ${p.status === 'declined'}`).sort();
  // Once it is off or over, a corrected place or clinician is no news, and must not revive an old no-show.
  const promised =
    status === 'booked' ? [telehealth, telehealthLink, [...locations].sort(), [...practitioners].sort()] : [];
  return JSON.stringify([status, start, takingPart, promised]);
}

/** Who has left a visit by now, and when each of them did; `at`: when this version was stored. */
export function leftBy(
  appointment: Appointment,
  before: Appointment | undefined,
  left: FirstSeen['left'],
  at: Instant,
): FirstSeen['left'] {
  const stays = new Set(firstStateOf(appointment)?.patients);
  const gone = [...Object.keys(left ?? {}), ...((before && firstStateOf(before)?.patients) ?? [])];
  const entries = [...new Set(gone)].filter(one => !stays.has(one)).map(one => [one, left?.[one] ?? at] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** The state in which a visit first came to our notice, and for whom it held. */
export function firstStateOf(appointment: Appointment): FirstState | undefined {
  const read = readAppointment(appointment);
  if ('unusable' in read) return undefined;
  const { fact } = read;
  const patients = fact.patients.map(p => p.reference).filter(reference => takesPart(reference, fact));
  return { ...visitState(fact, fact.status === 'booked' && fact.start !== undefined), patients };
}

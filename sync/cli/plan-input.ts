import type { Resource } from '@medplum/fhirtypes';
import { readAppointment } from '../domain/facts/appointment.ts';
import { factOf } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { isSuperseded } from '../domain/mirror.ts';
import type { Clinic } from '../domain/policy/clinic.ts';
import { type Entry, entriesOf } from './bundle-entries.ts';
import { type FileFinding, type Place, readDocuments } from './fhir-files.ts';
import { findingsAmong } from './input-findings.ts';
import { placeName } from './print.ts';
import type { EhrRead } from './read-ehr.ts';
import { take } from './resource-shape.ts';

export interface Input {
  resources: Resource[];
  /** Everything that could not be used, and what a person should look at although it was. */
  findings: FileFinding[];
  /** Sound FHIR that decides nothing here. */
  setAside: SetAside[];
}

export type SetAside = { about: string; type: string } & Place;

interface Placed {
  resource: Resource;
  place: Place;
}

/** Single resources, Bundles and NDJSON, from files and folders; of several versions of a resource the newest. */
export function readInput(paths: string[], clinic: Clinic): Input {
  const { documents, findings } = readDocuments(paths);
  const entries = documents.flatMap(({ value, ...document }) =>
    entriesOf(value).map(one => ({ one, place: { ...document, ...(one.entry ? { entry: one.entry } : {}) } })),
  );
  return sortOut(entries, findings, clinic);
}

/** What was read from an EHR, looked at as files are; `ehr` stands where the file would. */
export function inputOf({ resources, unread }: EhrRead, ehr: string, clinic: Clinic): Input {
  const findings = unread.map(({ type, why }) => ({ about: type, problem: why, file: ehr, unused: true as const }));
  return sortOut(
    resources.map(value => ({ one: { value }, place: { file: ehr } })),
    findings,
    clinic,
  );
}

/** `unreadable` is what was found before anything could be looked at. */
function sortOut(entries: { one: Entry; place: Place }[], unreadable: FileFinding[], clinic: Clinic): Input {
  const findings = [...unreadable];
  const setAside: SetAside[] = [];
  const read: Placed[] = [];
  for (const { one, place } of entries) {
    const taken = 'problem' in one ? { problems: [one.problem] } : take(one.value);
    if ('resource' in taken) read.push({ resource: taken.resource, place });
    else if ('setAside' in taken) setAside.push({ about: taken.about, type: taken.setAside, ...place });
    else
      for (const problem of taken.problems)
        findings.push({ about: taken.about ?? place.file, problem, ...place, unused: true });
  }
  const used = newest(read, findings);
  const resources = [...used.values()].map(one => one.resource);
  const visited = placesVisited(used);
  for (const finding of findingsAmong(resources, clinic))
    findings.push({ ...finding, file: '', ...(used.get(finding.about) ?? visited.get(finding.about))?.place });
  return { resources, findings, setAside };
}

function newest(read: Placed[], findings: FileFinding[]): Map<string, Placed> {
  const used = new Map<string, Placed>();
  for (const next of read) {
    const about = idOf(next.resource);
    const known = used.get(about);
    const isNewer = !known || isSuperseded(known.resource, next.resource);
    if (isNewer) used.set(about, next);
    if (!known || JSON.stringify(known.resource) === JSON.stringify(next.resource)) continue;
    const [kept, dropped] = isNewer ? [next, known] : [known, next];
    const problem = `It is there twice, and differs; the version in ${placeName(kept.place)} is used.`;
    findings.push({ about, problem, ...dropped.place });
  }
  return used;
}

/** A Location need not be there; then what is wrong with it stands where a visit names it. */
function placesVisited(used: Map<string, Placed>): Map<string, Placed> {
  const named = new Map<string, Placed>();
  for (const placed of used.values()) {
    const visits = placed.resource.resourceType === 'Appointment' ? factOf(readAppointment(placed.resource)) : [];
    for (const location of visits.flatMap(visit => visit.locations))
      if (!named.has(location)) named.set(location, placed);
  }
  return named;
}

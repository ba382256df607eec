import type { Resource } from '@medplum/fhirtypes';
import { readAppointment } from '../domain/facts/appointment.ts';
import { readConsent } from '../domain/facts/consent.ts';
import { type Finding, factOf } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { readPatient, readRelatedPerson } from '../domain/facts/patient.ts';
import { patientsOf } from '../domain/mirror.ts';
import type { Clinic } from '../domain/policy/clinic.ts';
import { auditPlaces } from './audit-places.ts';
import type { FileFinding } from './fhir-files.ts';
import { lostReferencesIn } from './lost-references.ts';
import { isUsed } from './used.ts';

type Judged = Finding & Pick<FileFinding, 'unused'>;

/** What there is to say about sound FHIR: of each record, and of all together. */
export const findingsAmong = (resources: Resource[], clinic: Clinic): Judged[] => [
  ...resources.flatMap(findingsOf),
  ...missingAmong(resources).map(unused),
  ...auditPlaces(resources, clinic),
];

function findingsOf(resource: Resource): Judged[] {
  const lost = lostReferencesIn(resource);
  const own = readingOf(resource);
  return [
    ...(patientsOf(resource).length === 0 ? lost.map(unused) : lost),
    ...(isUsed(resource) ? own : own.map(unused)),
  ];
}

const unused = (finding: Finding) => ({ ...finding, unused: true as const });

function readingOf(resource: Resource): Finding[] {
  const read = readerOf(resource);
  return read ? ('fact' in read ? read.findings : read.unusable) : [];
}

function readerOf(resource: Resource) {
  switch (resource.resourceType) {
    case 'Appointment':
      return readAppointment(resource);
    case 'Patient':
      return readPatient(resource);
    case 'RelatedPerson':
      return readRelatedPerson(resource);
    case 'Consent':
      return readConsent(resource);
    default:
      return undefined;
  }
}

/** Nobody can be told of a visit when the person it is for is not there. */
function missingAmong(resources: Resource[]): Finding[] {
  const known = new Set(resources.map(idOf));
  return resources.flatMap(resource => {
    const facts = resource.resourceType === 'Appointment' ? factOf(readAppointment(resource)) : [];
    return facts
      .flatMap(fact => fact.patients)
      .filter(({ reference }) => !known.has(reference))
      .map(({ reference }) => ({
        about: idOf(resource),
        problem: `${reference} is not among what was read, so nobody can be told.`,
      }));
  });
}

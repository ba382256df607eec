import type { Resource } from '@medplum/fhirtypes';
import { readAppointment } from '../domain/facts/appointment.ts';
import { type Finding, factOf } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import type { Clinic } from '../domain/policy/clinic.ts';

const TIMEZONE = 'http://hl7.org/fhir/StructureDefinition/timezone';

/** Places that clinic.yaml does not know, or knows in another zone than the EHR: there patients are told a wrong hour. */
export function auditPlaces(resources: Resource[], { locations, zone }: Clinic): Finding[] {
  const used = resources.flatMap(resource => {
    const visits = resource.resourceType === 'Appointment' ? factOf(readAppointment(resource)) : [];
    return visits.flatMap(visit => visit.locations);
  });
  const known = new Map(locations.map(place => [place.reference, place.zone]));
  const unknown = [...new Set(used)].filter(reference => !known.has(reference));
  const differing = resources.flatMap(resource => {
    if (resource.resourceType !== 'Location') return [];
    const theirs = resource.extension?.find(({ url }) => url === TIMEZONE)?.valueCode;
    const ours = known.get(idOf(resource));
    return theirs && ours && theirs !== ours
      ? [{ about: idOf(resource), problem: `Its zone is ${theirs} in the EHR and ${ours} in clinic.yaml.` }]
      : [];
  });
  const problem = `Visits take place there, and clinic.yaml does not know it; its hours are told in the zone ${zone}.`;
  return [...unknown.map(about => ({ about, problem })), ...differing];
}

import type { Appointment, Reference, Resource } from '@medplum/fhirtypes';
import type { Finding } from '../domain/facts/fact.ts';
import { idOf, referenceOf } from '../domain/facts/fhir.ts';

/** References that may name a patient, and cannot be followed. */
export function lostReferencesIn(resource: Resource): Finding[] {
  const about = idOf(resource);
  return whoIn(resource).flatMap(([path, reference]) => {
    const why = reference && whyLost(reference, resource);
    return why ? [{ about, problem: `${path} ${why}; a patient behind it is told nothing.` }] : [];
  });
}

function whoIn(resource: Resource): [path: string, Reference | undefined][] {
  switch (resource.resourceType) {
    case 'Appointment':
      return (resource.participant ?? []).map(({ actor }, i) => [`participant[${i}].actor`, actor]);
    case 'RelatedPerson':
    case 'Consent':
      return [['patient', resource.patient]];
    case 'Communication':
      return [['subject', resource.subject]];
    default:
      return [];
  }
}

function whyLost(to: Reference, within: Resource): string | undefined {
  if (referenceOf(to) || (to.type !== undefined && to.type !== 'Patient')) return undefined;
  const { reference } = to;
  if (reference === undefined)
    return to.identifier ? 'is an identifier only, which nothing is looked up by' : 'is given in words only';
  if (reference.startsWith('#'))
    return isContainedPatient(reference.slice(1), within)
      ? 'is a contained Patient, which exists nowhere else'
      : undefined;
  if (reference.startsWith('urn:')) return 'is a urn, and no entry of its Bundle has it as fullUrl';
  if (reference.includes('?')) return 'is a conditional reference, which only a server can resolve';
  return 'is no reference of the form Patient/123';
}

/** A contained clinician or place is nobody to be told; what is not contained after all may be anybody. */
function isContainedPatient(id: string, within: Resource): boolean {
  const { contained } = within as Appointment;
  const found = (Array.isArray(contained) ? contained : []).find(one => one?.id === id);
  return found === undefined || found.resourceType === 'Patient';
}

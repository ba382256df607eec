import type { Resource } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { addressesOf } from './address.ts';
import type { Reference } from './fact.ts';
import { idOf, referenceOf } from './fhir.ts';

/** At which addresses somebody of a patient's household can be reached: the patient, or a person related to them. */
export interface Reachable {
  patient: Reference;
  person: Reference;
  addresses: string[];
}

export const reachableIn = (resources: Resource[], country: string, now: Instant): Reachable[] =>
  resources.flatMap(person => {
    if (person.resourceType !== 'Patient' && person.resourceType !== 'RelatedPerson') return [];
    const patient = person.resourceType === 'Patient' ? idOf(person) : referenceOf(person.patient);
    const known = person.active === false ? [] : addressesOf(person.telecom ?? [], country, now);
    return patient ? [{ patient, person: idOf(person), addresses: known.map(one => one.address) }] : [];
  });

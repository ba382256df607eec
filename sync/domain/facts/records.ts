import type { Resource } from '@medplum/fhirtypes';
import type { PatientFacts } from '../plan/facts.ts';
import { readCommunication } from './communication.ts';
import { readConsent } from './consent.ts';
import { factOf, type Reference } from './fact.ts';
import { readPatient, readRelatedPerson } from './patient.ts';

type Records = Pick<PatientFacts, 'patient' | 'relatedPersons' | 'communications' | 'consents'>;

/** What the living records about a patient say, but for the visits; what cannot be used is left out. */
export const recordsOf = (patient: Reference, living: Resource[]): Records => ({
  patient: living
    .flatMap(r => (r.resourceType === 'Patient' ? factOf(readPatient(r)) : []))
    .find(fact => fact.reference === patient),
  relatedPersons: living.flatMap(r => (r.resourceType === 'RelatedPerson' ? factOf(readRelatedPerson(r)) : [])),
  communications: living.flatMap(r => (r.resourceType === 'Communication' ? factOf(readCommunication(r)) : [])),
  consents: living.flatMap(r => (r.resourceType === 'Consent' ? factOf(readConsent(r)) : [])),
});

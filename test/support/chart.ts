import type { Appointment, Patient, RelatedPerson } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';

export const ANA = '+13125550101';
export const BEN = '+13125550102';

/** Somebody of age in Chicago with a mobile number. */
export const person = (id: string, number: string | undefined, changes: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  id,
  name: [{ given: [id.charAt(0).toUpperCase() + id.slice(1)], family: 'Reyes' }],
  birthDate: '1980-05-05',
  ...(number ? { telecom: [{ system: 'phone', use: 'mobile', value: number }] } : {}),
  ...changes,
});

export const child = (id: string, changes: Partial<Patient> = {}): Patient =>
  person(id, undefined, { birthDate: '2018-03-03', ...changes });

export const motherOf = (patient: string, number: string): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  id: `mother-of-${patient}`,
  active: true,
  patient: { reference: `Patient/${patient}` },
  relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
  name: [{ given: ['Maria'], family: 'Reyes' }],
  telecom: [{ system: 'phone', use: 'mobile', value: number }],
});

interface VisitOptions {
  status?: Appointment['status'];
  practitioner?: string;
  location?: string;
}

/** Half an hour with Dr. Okafor at Riverside. */
export const visitOf = (
  id: string,
  patients: string[],
  start: Instant,
  { status = 'booked', practitioner = 'okafor', location = 'location-riverside' }: VisitOptions = {},
): Appointment => ({
  resourceType: 'Appointment',
  id,
  status,
  start,
  end: plus(start, 'PT30M'),
  participant: [
    ...patients.map(patient => ({
      actor: { reference: `Patient/${patient}` },
      status: 'needs-action' as const,
      required: 'required' as const,
    })),
    { actor: { reference: `Practitioner/${practitioner}`, display: 'Dr. Okafor' }, status: 'accepted' as const },
    { actor: { reference: `Location/${location}` }, status: 'accepted' as const },
  ],
});

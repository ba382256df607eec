import type { Appointment, Patient, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { minus, plus } from '../../sync/domain/time.ts';

/** A Monday morning in Chicago, ten o'clock: everything may be sent. */
export const NOW: Instant = '2026-11-23T16:00:00.000Z';
const STORED: Instant = '2026-11-01T09:00:00.000Z';

/** The first visit of each patient lies ahead, the others are over. */
export const VISITS_EACH = 10;
export const patientOfVisit = (n: number): number => Math.ceil(n / VISITS_EACH);
export const firstVisitOf = (patient: number): number => (patient - 1) * VISITS_EACH + 1;
const isAhead = (n: number) => n % VISITS_EACH === 1;

/** 49 hours ahead, so that a reminder falls due an hour from `NOW`; or some weeks back. */
export const startOf = (n: number): Instant =>
  isAhead(n) ? plus(NOW, 'PT49H') : minus(NOW, `P${7 * ((n % 40) + 1)}D`);

export const samplePatient = (n: number): Patient => ({
  resourceType: 'Patient',
  id: `p${n}`,
  meta: { versionId: '1', lastUpdated: STORED },
  active: true,
  name: [{ use: 'official', given: ['Ana', 'Lucía'], family: `Reyes ${n}` }],
  gender: 'female',
  birthDate: '1980-05-05',
  telecom: [
    { system: 'phone', use: 'mobile', value: `+1312${2_000_000 + n}` },
    { system: 'email', value: `patient${n}@example.org` },
  ],
  address: [{ line: ['10 Main Street'], city: 'Chicago', state: 'IL', postalCode: '60601' }],
  communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] }, preferred: true }],
});

interface Visit {
  id: string;
  patient: string;
  status: string;
  start: string;
  versionId?: string;
}

/** About as long as an EHR writes one. */
export const visitText = ({ id, patient, status, start, versionId = '1' }: Visit): string =>
  JSON.stringify({
    resourceType: 'Appointment',
    id,
    meta: { versionId, lastUpdated: STORED },
    identifier: [{ system: 'https://ehr.example.org/appointments', value: id }],
    status,
    serviceType: [{ coding: [{ system: 'http://snomed.info/sct', code: '185349003', display: 'Check-up' }] }],
    description: 'Yearly check-up with blood pressure and medication review',
    start,
    minutesDuration: 30,
    participant: [
      {
        actor: { reference: `Patient/${patient}`, display: 'Reyes, Ana Lucía' },
        required: 'required',
        status: 'needs-action',
      },
      { actor: { reference: 'Practitioner/okafor', display: 'Dr. Okafor' }, required: 'required', status: 'accepted' },
      { actor: { reference: 'Location/location-riverside', display: 'Riverside' }, status: 'accepted' },
    ],
  });

export const sampleVisit = (n: number, changes: Partial<Visit> = {}): Appointment =>
  JSON.parse(
    visitText({
      id: `a${n}`,
      patient: `p${patientOfVisit(n)}`,
      status: isAhead(n) ? 'booked' : 'fulfilled',
      start: startOf(n),
      ...changes,
    }),
  ) as Appointment;

/** The same record as in the practice, for an EHR that answers from memory. */
export function sampleNamed(type: string, id: string): Resource | undefined {
  const n = Number(id.slice(1));
  if (type === 'Patient') return samplePatient(n);
  return type === 'Appointment' ? sampleVisit(n) : undefined;
}

import type { Appointment, Resource } from '@medplum/fhirtypes';
import { readAppointment } from '../domain/facts/appointment.ts';
import { readPatient, readRelatedPerson } from '../domain/facts/patient.ts';
import { patientsOf } from '../domain/mirror.ts';

/** Whether anything may follow from a record, however much is to be said about it. */
export function isUsed(resource: Resource): boolean {
  switch (resource.resourceType) {
    case 'Appointment':
      return isPlaced(resource);
    case 'Patient':
      return 'fact' in readPatient(resource);
    case 'RelatedPerson':
      return 'fact' in readRelatedPerson(resource);
    case 'Consent':
      // One about something else than messaging, or no longer in force, is understood and decides nothing.
      return patientsOf(resource).length > 0;
    default:
      return true;
  }
}

/** Neither promised nor off: `waitlist` and its like need no hour yet. */
const UNPROMISED: Appointment['status'][] = ['proposed', 'pending', 'waitlist'];
const OVER: Appointment['status'][] = [
  ...(['arrived', 'checked-in', 'fulfilled', 'noshow'] as const),
  ...(['cancelled', 'entered-in-error'] as const),
];

function isPlaced(resource: Appointment): boolean {
  const read = readAppointment(resource);
  if ('unusable' in read) return false;
  const { status, start } = read.fact;
  return status === 'booked' ? start !== undefined : [...UNPROMISED, ...OVER].includes(status);
}

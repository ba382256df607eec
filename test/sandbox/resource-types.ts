import type { ResourceType } from '@medplum/fhirtypes';

/** What this EHR keeps. Every other type is answered with 404, as an EHR that never heard of it would. */
export const resourceTypes = [
  'Appointment',
  'AppointmentResponse',
  'AuditEvent',
  'Basic',
  'Communication',
  'CommunicationRequest',
  'Consent',
  'DocumentReference',
  'Encounter',
  'Flag',
  'HealthcareService',
  'Location',
  'Organization',
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Procedure',
  'Provenance',
  'RelatedPerson',
  'Schedule',
  'ServiceRequest',
  'Slot',
  'Subscription',
  'Task',
] as const satisfies readonly ResourceType[];

export function isKept(type: string): boolean {
  return (resourceTypes as readonly string[]).includes(type);
}

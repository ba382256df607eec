import type { CodeableConcept, Coding } from '@medplum/fhirtypes';

/** The code systems the practice writes with. Ours start with `https://loopkeeper.org/fhir/`. */
export const SYSTEM = {
  appointmentType: 'http://terminology.hl7.org/CodeSystem/v2-0276',
  cancelation: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  actReason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  roleCode: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  participationType: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  participationMode: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode',
  serviceType: 'http://terminology.hl7.org/CodeSystem/service-type',
  consentScope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  practitionerRole: 'http://terminology.hl7.org/CodeSystem/practitioner-role',
  language: 'urn:ietf:bcp:47',
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  modality: 'https://loopkeeper.org/fhir/CodeSystem/modality',
  visitType: 'https://loopkeeper.org/fhir/CodeSystem/visit-type',
  consentCategory: 'https://loopkeeper.org/fhir/CodeSystem/consent-category',
  medium: 'https://loopkeeper.org/fhir/CodeSystem/medium',
} as const;

export const TIMEZONE_URL = 'http://hl7.org/fhir/StructureDefinition/timezone';
export const TELEHEALTH_LINK_URL = 'https://loopkeeper.org/fhir/StructureDefinition/telehealth-link';

export const coding = (system: string, code: string, display?: string): Coding => ({
  system,
  code,
  ...(display ? { display } : {}),
});

export const concept = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [coding(system, code, display)],
  ...(display ? { text: display } : {}),
});

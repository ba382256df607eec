import type { Appointment, CodeableConcept } from '@medplum/fhirtypes';
import { coding, SYSTEM } from './codes.ts';

/** What the practice books. `service` is the standard code (several of ours share one), so ours rides beside it. */
export type VisitType = {
  code: string;
  name: string;
  service: readonly [code: string, display: string];
  appointmentType: 'ROUTINE' | 'FOLLOWUP' | 'CHECKUP' | 'WALKIN';
  minutes: number;
};

export const VISIT_TYPES = [
  {
    code: 'check-up',
    name: 'Annual check-up',
    service: ['124', 'General Practice'],
    appointmentType: 'CHECKUP',
    minutes: 30,
  },
  {
    code: 'follow-up',
    name: 'Follow-up visit',
    service: ['124', 'General Practice'],
    appointmentType: 'FOLLOWUP',
    minutes: 20,
  },
  {
    code: 'office-visit',
    name: 'Office visit',
    service: ['124', 'General Practice'],
    appointmentType: 'ROUTINE',
    minutes: 30,
  },
  {
    code: 'vaccination',
    name: 'Vaccination',
    service: ['57', 'Immunization'],
    appointmentType: 'ROUTINE',
    minutes: 20,
  },
  {
    code: 'well-child',
    name: 'Well-child visit',
    service: ['200', 'Paediatric Medicine'],
    appointmentType: 'CHECKUP',
    minutes: 30,
  },
  {
    code: 'nutrition',
    name: 'Nutrition counselling',
    service: ['60', 'Nutrition'],
    appointmentType: 'ROUTINE',
    minutes: 30,
  },
  {
    code: 'health-counselling',
    name: 'Health counselling',
    service: ['76', 'Health Counselling'],
    appointmentType: 'ROUTINE',
    minutes: 30,
  },
  { code: 'walk-in', name: 'Walk-in', service: ['124', 'General Practice'], appointmentType: 'WALKIN', minutes: 20 },
  {
    code: 'specialist',
    name: 'Visiting specialist',
    service: ['165', 'Cardiology'],
    appointmentType: 'ROUTINE',
    minutes: 30,
  },
  {
    code: 'diabetes-group',
    name: 'Diabetes group',
    service: ['224', 'Support Groups'],
    appointmentType: 'ROUTINE',
    minutes: 60,
  },
] as const satisfies readonly VisitType[];

export type VisitTypeCode = (typeof VISIT_TYPES)[number]['code'];

export const visitType = (code: VisitTypeCode): VisitType => VISIT_TYPES.find(type => type.code === code)!;

/** FHIR has no code for "the patient's first visit": our own coding rides beside the v2-0276 one. */
export const NEW_PATIENT = coding(SYSTEM.visitType, 'new-patient', 'New patient');

export function visitTypeElements(
  type: VisitType,
  isNew: boolean,
): Pick<Appointment, 'serviceType' | 'appointmentType'> {
  const service: CodeableConcept = {
    coding: [coding(SYSTEM.serviceType, ...type.service), coding(SYSTEM.visitType, type.code, type.name)],
    text: type.name,
  };
  const codings = [coding(SYSTEM.appointmentType, type.appointmentType), ...(isNew ? [NEW_PATIENT] : [])];
  return { serviceType: [service], appointmentType: { coding: codings } };
}

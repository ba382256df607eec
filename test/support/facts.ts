import type { ContactPoint, Patient, RelatedPerson } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import type { AppointmentFact } from '../../sync/domain/facts/appointment.ts';
import {
  type PatientFact,
  type RelatedPersonFact,
  readPatient,
  readRelatedPerson,
} from '../../sync/domain/facts/patient.ts';
import type { MessageFact, MirroredAppointment, PatientFacts } from '../../sync/domain/plan/facts.ts';
import type { PlannedMessage } from '../../sync/domain/plan/plan.ts';
import { visitState } from '../../sync/domain/plan/visit.ts';

export const MOBILE: ContactPoint = { system: 'phone', use: 'mobile', value: '+1 312 555 0101' };

export const patient = (changes: Partial<Patient> = {}): PatientFact =>
  factOf(
    readPatient({
      resourceType: 'Patient',
      id: 'ana',
      name: [{ given: ['Ana'], family: 'Reyes' }],
      birthDate: '1980-05-05',
      telecom: [MOBILE],
      ...changes,
    }),
  );

export const relatedPerson = (changes: Partial<RelatedPerson> = {}): RelatedPersonFact =>
  factOf(
    readRelatedPerson({
      resourceType: 'RelatedPerson',
      id: 'mother',
      patient: { reference: 'Patient/ana' },
      relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
      telecom: [MOBILE],
      ...changes,
    }),
  );

function factOf<Fact>(read: { fact: Fact } | { unusable: unknown }): Fact {
  if ('fact' in read) return read.fact;
  throw new Error('The test record is unusable.');
}

interface VisitOptions extends Partial<AppointmentFact> {
  id?: string;
  /** When the current state was stored; default long ago. */
  changedAt?: Instant;
  imported?: boolean;
  deleted?: boolean;
  firstSeen?: Partial<MirroredAppointment['firstSeen']>;
}

/** A booked visit of Ana's with Dr. Okafor at Riverside, there since the first import unless said otherwise. */
export function visit(start: Instant, options: VisitOptions = {}): MirroredAppointment {
  const {
    id = 'one',
    changedAt = '2026-11-01T15:00:00.000Z',
    imported = true,
    deleted = false,
    firstSeen,
    ...changes
  } = options;
  const fact: AppointmentFact = {
    reference: `Appointment/${id}`,
    status: 'booked',
    start,
    end: start,
    patients: [{ reference: 'Patient/ana', status: 'needs-action' }],
    practitioners: ['Practitioner/okafor'],
    practitionerName: 'Dr. Okafor',
    locations: ['Location/location-riverside'],
    visitTypes: [],
    categoryUnknown: false,
    telehealth: false,
    confidential: false,
    cancelReason: [],
    basedOn: [],
    ...changes,
  };
  const state = { ...visitState(fact, true), ...firstSeen?.state };
  return { fact, deleted, changedAt, firstSeen: { at: changedAt, imported, ...firstSeen, state } };
}

export const facts = (changes: Partial<PatientFacts> = {}): PatientFacts => ({
  reference: 'Patient/ana',
  patient: patient(),
  relatedPersons: [],
  appointments: [],
  communications: [],
  consents: [],
  messages: [],
  tasks: [],
  replies: [],
  heardAt: [],
  optOuts: [],
  sharedAddresses: {},
  badAddresses: {},
  ...changes,
});

/** As the store gives a message back once it has left. */
export const sent = (
  message: PlannedMessage | undefined,
  at: Instant,
  state: MessageFact['state'] = 'sent',
): MessageFact => {
  if (!message) throw new Error('There is no such message in the plan.');
  return { ...message, state, sentAt: at };
};

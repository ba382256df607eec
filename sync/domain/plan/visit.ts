import type { Instant } from '../clock.ts';
import type { AppointmentFact } from '../facts/appointment.ts';
import type { Reference, Token } from '../facts/fact.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Change } from '../policy/rule.ts';
import type { MirroredAppointment, VisitState } from './facts.ts';

const BOOKED: AppointmentFact['status'][] = ['booked'];
const REQUESTED: AppointmentFact['status'][] = ['proposed', 'pending', 'waitlist'];
const HAPPENED: AppointmentFact['status'][] = ['arrived', 'checked-in', 'fulfilled', 'noshow'];

/** What the record means for one of its patients: in a group visit each has their own say (`scope.md` B11). */
export type Phase = 'booked' | 'requested' | 'happened' | 'off';

export function phaseFor(patient: Reference, mirrored: MirroredAppointment): Phase {
  const { fact, deleted } = mirrored;
  const participant = fact.patients.find(p => p.reference === patient);
  if (deleted || !participant || participant.status === 'declined') return 'off';
  if (BOOKED.includes(fact.status)) return fact.start ? 'booked' : 'requested';
  if (REQUESTED.includes(fact.status)) return 'requested';
  return HAPPENED.includes(fact.status) ? 'happened' : 'off';
}

export function stateFor(patient: Reference, mirrored: MirroredAppointment): VisitState {
  return visitState(mirrored.fact, phaseFor(patient, mirrored) === 'booked');
}

/** The part of a record that a patient can be told, and that is worth telling them again when it changes. */
export const visitState = (fact: AppointmentFact, live: boolean): VisitState => ({
  live,
  start: fact.start,
  telehealth: fact.telehealth,
  location: fact.locations[0],
  practitioner: fact.practitioners[0],
});

const BY_PATIENT = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/appointment-cancellation-reason\|pat(-|$)/;
const byPatient = (reasons: Token[]) => reasons.some(reason => BY_PATIENT.test(reason));

/** What is no longer as the patient was told, or undefined when it still holds. Undated records prove nothing. */
export function changeBetween(told: VisitState, truth: VisitState, cancelReason: Token[] = []): Change | undefined {
  if (!told.live && !truth.live) return undefined;
  if (told.live && !truth.live) return byPatient(cancelReason) ? 'cancelled-by-patient' : 'cancelled';
  if (!told.live) return 'restored';
  if (told.start !== truth.start) return 'moved';
  if (told.telehealth !== truth.telehealth) return truth.telehealth ? 'now-video' : 'now-in-person';
  if (told.location && truth.location && told.location !== truth.location) return 'place';
  if (told.practitioner && truth.practitioner && told.practitioner !== truth.practitioner) return 'clinician';
  return undefined;
}

export const placeOf = (location: Reference | undefined, clinic: Clinic) =>
  clinic.locations.find(place => place.reference === location);

export const zoneOf = (state: VisitState, clinic: Clinic): string =>
  placeOf(state.location, clinic)?.zone ?? clinic.zone;

export const isFuture = (start: Instant | undefined, now: Instant): start is Instant =>
  start !== undefined && start > now;

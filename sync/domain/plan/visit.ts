import type { Instant } from '../clock.ts';
import type { AppointmentFact } from '../facts/appointment.ts';
import type { Reference } from '../facts/fact.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Change } from '../policy/rule.ts';
import type { MirroredAppointment, Part, VisitState } from './facts.ts';

const BOOKED: AppointmentFact['status'][] = ['booked'];
const OFF: AppointmentFact['status'][] = ['cancelled', 'entered-in-error'];
const HAPPENED: AppointmentFact['status'][] = ['arrived', 'checked-in', 'fulfilled', 'noshow'];

/** What the record means for one of its patients: in a group visit each has their own say (`scope.md` B11). */
export type Phase = 'booked' | 'requested' | 'happened' | 'off';

export function phaseFor(patient: Reference, mirrored: MirroredAppointment): Phase {
  const { fact, deleted } = mirrored;
  if (deleted || OFF.includes(fact.status) || !takesPart(patient, fact)) return 'off';
  if (HAPPENED.includes(fact.status)) return 'happened';
  // A status that is missing or unknown promises nothing, and cancels nothing (`scope.md` B2).
  return BOOKED.includes(fact.status) && fact.start ? 'booked' : 'requested';
}

/** A record may list a person twice; only one who declined everywhere is out. */
export const takesPart = (patient: Reference, { patients }: AppointmentFact): boolean =>
  patients.some(p => p.reference === patient && p.status !== 'declined');

/** What holds for one patient. `byPatient`: where it is off, because they said so. */
export type Truth = VisitState & { byPatient: boolean };

export function stateFor(patient: Reference, mirrored: MirroredAppointment): Truth {
  const live = phaseFor(patient, mirrored) === 'booked';
  return { ...visitState(mirrored.fact, live), byPatient: !live && isByPatient(patient, mirrored) };
}

/** A visit that is off for all has a reason, which speaks for a patient who had it alone. */
function isByPatient(patient: Reference, { fact, deleted }: MirroredAppointment): boolean {
  if (deleted || OFF.includes(fact.status))
    return isOnlyOne(patient, fact) && fact.cancelReason.some(reason => BY_PATIENT.test(reason));
  return isListed(patient, fact) && !takesPart(patient, fact);
}

const isListed = (patient: Reference, { patients }: AppointmentFact) => patients.some(p => p.reference === patient);

const isOnlyOne = (patient: Reference, { patients }: AppointmentFact) =>
  patients.length > 0 && patients.every(p => p.reference === patient);

/** The part of a record that a patient can be told, and that is worth telling them again when it changes. */
export const visitState = (fact: AppointmentFact, live: boolean): VisitState => ({
  live,
  start: fact.start,
  telehealth: fact.telehealth,
  location: fact.locations[0],
  practitioner: fact.practitioners[0],
});

const BY_PATIENT = /^http:\/\/terminology\.hl7\.org\/CodeSystem\/appointment-cancellation-reason\|pat(-|$)/;
const BY_DEATH = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|pat-dec';

type Known = Pick<AppointmentFact, 'locations' | 'practitioners' | 'telehealthLink'>;

/** What is no longer as the patient was told, the weightiest of it, or undefined when it still holds. */
export function changeBetween(told: VisitState, truth: Truth, known: Known): Change | undefined {
  if (!told.live && !truth.live) return undefined;
  if (told.live && !truth.live) return truth.byPatient ? 'cancelled-by-patient' : 'cancelled';
  if (!told.live) return 'restored';
  const [first] = changedParts(told, truth, known);
  return first && changeOfPart(first, truth);
}

export function changeOfPart(part: Part, { telehealth }: VisitState): Change {
  if (part === 'hour') return telehealth ? 'moved-video' : 'moved';
  if (part === 'mode') return telehealth ? 'now-video' : 'now-in-person';
  return part;
}

/**
 * All that differs between what they were told and what is true, the weightiest first. The order in which a record
 * lists its participants means nothing: only a place or clinician that is no longer listed at all has changed.
 */
export function changedParts(told: VisitState, truth: VisitState, known: Known): Part[] {
  const differs: Record<Part, boolean> = {
    hour: told.start !== truth.start,
    mode: told.telehealth !== truth.telehealth,
    // On video nobody has to come anywhere.
    place: !truth.telehealth && isReplaced(told.location, known.locations),
    clinician: isReplaced(told.practitioner, known.practitioners),
    link: told.telehealth && truth.telehealth && isOtherLink(told.telehealthLink, known.telehealthLink),
  };
  return (Object.keys(differs) as Part[]).filter(part => differs[part]);
}

const isReplaced = (told: Reference | undefined, listed: Reference[]) =>
  told !== undefined && listed.length > 0 && !listed.includes(told);

/** One that is still to come was promised, and comes with the reminder. */
const isOtherLink = (told: string | undefined, listed: string | undefined) =>
  told !== undefined && listed !== undefined && told !== listed;

export const placeOf = (location: Reference | undefined, clinic: Clinic) =>
  clinic.locations.find(place => place.reference === location);

export const zoneOf = (state: VisitState, clinic: Clinic): string =>
  placeOf(state.location, clinic)?.zone ?? clinic.zone;

/**
 * The schedule often knows of a death before the Patient record does. Only a visit that was theirs alone says whose:
 * of a group another may have died, and so may whoever has it now. One that is on again says that nobody did.
 */
export const saysDeceased = (patient: Reference, fact: AppointmentFact): boolean =>
  fact.cancelReason.includes(BY_DEATH) &&
  (fact.status === 'cancelled' || fact.status === 'noshow') &&
  takesPart(patient, fact) &&
  isOnlyOne(patient, fact);

export const isFuture = (start: Instant | undefined, now: Instant): start is Instant =>
  start !== undefined && start > now;

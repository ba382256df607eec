import type { Appointment, AppointmentParticipant, Patient } from '@medplum/fhirtypes';
import type { Instant } from '../../../sync/domain/clock.ts';
import { coding, concept, SYSTEM, TELEHEALTH_LINK_URL } from '../practice/codes.ts';
import { type VisitType, visitTypeElements } from '../practice/visit-types.ts';
import type { Clinician, Site } from './directory.ts';
import { plusMinutes } from './local-time.ts';

/** The reasons the desk offers (standards.md §1.1), in the order of how often they are needed. */
export const CANCEL_REASONS = {
  pat: 'The patient cancelled',
  'pat-crs': 'The patient, through an automated reminder',
  'pat-cpp': 'The patient, through the portal',
  'pat-fb': 'The patient feels better',
  'pat-lt': 'The patient has no transport',
  prov: 'The clinician cancelled',
  'oth-weath': 'Weather',
  'oth-err': 'Booked by mistake',
  other: 'Another reason',
} as const;
export type CancelReason = keyof typeof CANCEL_REASONS;

/** Without a clinician the visit keeps whoever attends it, such as a specialist known by name only. */
export type Place = { start: Instant; minutes: number; clinician: Clinician | undefined; site: Site };

/** The same visit at another time: same id, and the patient has not agreed to the new time yet. */
export function moved<T extends Appointment>(appointment: T, place: Place): T {
  const waiting = appointment.status === 'proposed' || appointment.status === 'waitlist';
  return {
    ...appointment,
    status: waiting ? 'booked' : appointment.status,
    ...span(place),
    participant: reseated(appointment.participant, place),
  };
}

/** A new visit like the old one. It has no id, no versions and no link to the old one: that is how EHRs do it. */
export function rebooked(appointment: Appointment, place: Place, now: Instant): Appointment {
  const { id: _, meta, cancelationReason: __, slot: ___, identifier: ____, ...rest } = moved(appointment, place);
  return { ...rest, ...(meta?.security ? { meta: { security: meta.security } } : {}), status: 'booked', created: now };
}

export function cancelled<T extends Appointment>(appointment: T, reason: CancelReason): T {
  const cancelationReason = concept(SYSTEM.cancelation, reason, CANCEL_REASONS[reason]);
  return { ...appointment, status: 'cancelled', cancelationReason };
}

/** A reason may stay only with `cancelled` and `noshow` (invariant app-4). */
export function marked<T extends Appointment>(
  appointment: T,
  status: 'booked' | 'arrived' | 'noshow' | 'fulfilled',
): T {
  const { cancelationReason: _, ...rest } = appointment;
  return { ...(rest as T), status };
}

export type Booking = Place & {
  patient: Patient;
  patientName: string;
  type: VisitType;
  telehealth: boolean;
  isNew: boolean;
};

/** `linkId` makes the address of the video room; nobody can guess one from another. */
export function booked(booking: Booking, now: Instant, linkId: string): Appointment {
  const { telehealth, patient } = booking;
  const valueUrl = `https://video.riverside.example/v/${linkId}`;
  const actor = { reference: `Patient/${patient.id}`, display: booking.patientName };
  return {
    resourceType: 'Appointment',
    ...(telehealth ? { extension: [{ url: TELEHEALTH_LINK_URL, valueUrl }] } : {}),
    status: 'booked',
    serviceCategory: [
      concept(SYSTEM.modality, telehealth ? 'telehealth' : 'in-person', telehealth ? 'Telehealth' : 'In person'),
    ],
    ...visitTypeElements(booking.type, booking.isNew),
    ...span(booking),
    created: now,
    participant: [{ actor, required: 'required', status: 'needs-action' }, ...staffOf(booking)],
  };
}

const span = ({ start, minutes }: Place): Pick<Appointment, 'start' | 'end' | 'minutesDuration'> => ({
  start,
  end: plusMinutes(start, minutes),
  minutesDuration: minutes,
});

function reseated(before: readonly AppointmentParticipant[], place: Place): AppointmentParticipant[] {
  const is = (type: string) => (one: AppointmentParticipant) => one.actor?.reference?.startsWith(`${type}/`) ?? false;
  const stays = before.filter(one => !is('Location')(one) && !(place.clinician && is('Practitioner')(one)));
  return [
    ...stays.map(one => (is('Patient')(one) ? { ...one, status: 'needs-action' as const } : one)),
    ...staffOf(place),
  ];
}

function staffOf({ clinician, site }: Place): AppointmentParticipant[] {
  const type = [{ coding: [coding(SYSTEM.participationType, 'ATND', 'attender')], text: 'attender' }];
  const seat = (reference: string, display: string): AppointmentParticipant => ({
    actor: { reference, display },
    required: 'required',
    status: 'accepted',
  });
  const attender = clinician ? [{ type, ...seat(`Practitioner/${clinician.id}`, clinician.name) }] : [];
  return [...attender, seat(`Location/${site.id}`, site.name)];
}

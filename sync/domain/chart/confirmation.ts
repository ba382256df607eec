import type { Appointment, AppointmentResponse } from '@medplum/fhirtypes';
import { referenceOf } from '../facts/fhir.ts';
import type { ReplyFact } from '../plan/facts.ts';
import { instant } from '../time.ts';
import { keyIdentifier, profile, REPLY_KEY_SYSTEM } from './codes.ts';

type Participant = Appointment['participant'][number];

/**
 * Where the visit lists this patient, a place that was declined left out: a record may list a person twice. Empty when
 * the answer no longer fits the visit: moved, cancelled, not theirs any more. A stale yes must not confirm a new hour
 * (`scope.md` B6).
 */
function placesOf(appointment: Appointment, patient: string, { start }: ReplyFact): Participant[] {
  if (appointment.status !== 'booked' || instant(appointment.start) !== start) return [];
  return (appointment.participant ?? []).filter(p => referenceOf(p.actor) === patient && p.status !== 'declined');
}

export const stillFits = (appointment: Appointment, patient: string, reply: ReplyFact): boolean =>
  placesOf(appointment, patient, reply).length > 0;

/** The visit with this patient's `participant.status` accepted; undefined when there is nothing to write. */
export function confirmed(appointment: Appointment, patient: string, reply: ReplyFact): Appointment | undefined {
  const places = placesOf(appointment, patient, reply);
  const [first] = places;
  if (!first || places.some(p => p.status === 'accepted')) return undefined;
  const participant = appointment.participant.map(p => (p === first ? { ...p, status: 'accepted' as const } : p));
  return { ...appointment, participant };
}

/** For a yes only: a no, or the wish for another time, is a Task. */
export const responseOf = (id: string, patient: string, reply: ReplyFact): AppointmentResponse => ({
  resourceType: 'AppointmentResponse',
  meta: profile('loopkeeper-appointment-response'),
  identifier: [keyIdentifier(REPLY_KEY_SYSTEM, id)],
  appointment: { reference: reply.appointment },
  start: reply.start,
  actor: { reference: patient },
  participantStatus: 'accepted',
});

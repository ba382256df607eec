import type { Appointment, AppointmentResponse } from '@medplum/fhirtypes';
import { referenceOf } from '../facts/fhir.ts';
import type { ReplyFact } from '../plan/facts.ts';
import { instant } from '../time.ts';
import { keyIdentifier, profile, REPLY_KEY_SYSTEM } from './codes.ts';

/**
 * The visit with this patient's `participant.status` accepted; undefined when the answer no longer fits it: moved,
 * cancelled, not theirs any more, or accepted already. A stale yes must not confirm a new hour (`scope.md` B6).
 */
export function confirmed(appointment: Appointment, patient: string, reply: ReplyFact): Appointment | undefined {
  if (appointment.status !== 'booked' || instant(appointment.start) !== reply.start) return undefined;
  const theirs = appointment.participant.find(p => referenceOf(p.actor) === patient);
  if (!theirs || theirs.status === 'accepted' || theirs.status === 'declined') return undefined;
  const participant = appointment.participant.map(p => (p === theirs ? { ...p, status: 'accepted' as const } : p));
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

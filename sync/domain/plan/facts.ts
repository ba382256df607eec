import type { Instant } from '../clock.ts';
import type { AppointmentFact } from '../facts/appointment.ts';
import type { CommunicationFact } from '../facts/communication.ts';
import type { ConsentFact } from '../facts/consent.ts';
import type { Reference } from '../facts/fact.ts';
import type { PatientFact, RelatedPersonFact } from '../facts/patient.ts';
import type { Reason } from '../reasons.ts';
import type { PlannedMessage, PlannedTask } from './plan.ts';

/** What can be promised about a visit, and so what a patient can be told. */
export interface VisitState {
  live: boolean;
  start?: Instant;
  telehealth: boolean;
  location?: Reference;
  practitioner?: Reference;
  /** The access link, where a message of ours told one. */
  telehealthLink?: string;
}

/** What a patient can be told has changed about a visit that is still on. */
export type Part = 'hour' | 'mode' | 'place' | 'clinician' | 'link';

export interface FirstState extends VisitState {
  /** Who was on it then, and had not declined; who joined later was told nothing at the desk. */
  patients?: Reference[];
}

/** The first version we saw of a visit: its state, when the EHR stored it, and whether a first import brought it. */
export interface FirstSeen {
  at: Instant;
  imported: boolean;
  state: FirstState;
  /** When we read it: of an import, long after it was stored. */
  seenAt?: Instant;
  /** Who was taken off it or declined since, and when: what happens to the visit later concerns them no more. */
  left?: Record<Reference, Instant>;
}

/** A visit as mirrored: what the EHR says, and what only we can know from having watched. */
export interface MirroredAppointment {
  fact: AppointmentFact;
  /** The record is gone: a read answered 404 or 410. Never inferred from an empty search (law 10). */
  deleted: boolean;
  firstSeen: FirstSeen;
  /** When the version was stored that made it what it is now (status, start, place, modality, clinician). */
  changedAt: Instant;
}

export type MessageState =
  | 'planned'
  | 'withdrawn'
  | 'expired'
  | 'dropped'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'failed'
  | 'unknown';

/** A message we planned at some time, with what became of it. */
export interface MessageFact extends PlannedMessage {
  state: MessageState;
  reason?: Reason;
  sentAt?: Instant;
}

export interface TaskFact extends PlannedTask {
  state: 'open' | 'done' | 'withdrawn';
  /** When it got into that state. */
  changedAt: Instant;
}

/** What a patient (or somebody for them) answered to us about a visit. */
export interface ReplyFact {
  meaning: 'confirm' | 'cancel' | 'reschedule';
  appointment: Reference;
  /** The start that was answered to: an answer to an older start is no answer (`scope.md` B6). */
  start: Instant;
  at: Instant;
}

export interface OptOutFact {
  medium: 'sms' | 'email';
  address: string;
  at: Instant;
  kind: 'opted-out' | 'wrong-number';
}

/** Everything known about one patient. The planner sees nothing else. */
export interface PatientFacts {
  reference: Reference;
  /** Undefined when the record could not be read: then nothing may be sent. */
  patient?: PatientFact;
  relatedPersons: RelatedPersonFact[];
  appointments: MirroredAppointment[];
  communications: CommunicationFact[];
  consents: ConsentFact[];
  messages: MessageFact[];
  tasks: TaskFact[];
  replies: ReplyFact[];
  /** Any message from the patient to us, whatever it meant. */
  heardAt: Instant[];
  optOuts: OptOutFact[];
  /** Addresses of this patient's household that other patients use too, and who they are. */
  sharedAddresses: Record<string, Reference[]>;
  /** Provider said so: a landline, unreachable, unknown. */
  badAddresses: Record<string, Reason>;
}

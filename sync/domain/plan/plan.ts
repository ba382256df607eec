import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import type { Variables } from '../text/text.ts';
import type { Part, VisitState } from './facts.ts';

/** What a message says about one visit: once sent, this is what the patient was told (law 3). */
export interface Telling extends VisitState {
  appointment: Reference;
  /** Zone of the place of the visit: the hour in the text is an hour on that wall. */
  zone: string;
  locationName?: string;
  practitionerName?: string;
  /** What they were told before, when this corrects it. */
  before?: { start?: Instant; zone: string };
  /** What differs from that: all of it has to be said. */
  changed?: Part[];
  /** What differs too, and is not said here: of this they know what they knew before. */
  unsaid?: Part[];
}

/** The key is `patient|rule|anchor` (law 2); the wording may change under the same key until it is sent. */
export interface PlannedMessage {
  key: string;
  patient: Reference;
  rule: string;
  step: string;
  purpose: Rule['purpose'] | 'answer';
  /** Id of the approved text. */
  text: string;
  language: string;
  medium: 'sms' | 'email';
  address: string;
  /** Who reads it: the patient, or the guardian's RelatedPerson. */
  recipient: Reference;
  firstName?: string;
  /** The address serves several patients: the text must name whom it is about. */
  addressShared: boolean;
  /** It must be civil in all of these. */
  zones: string[];
  sendAt: Instant;
  sendBefore: Instant;
  /** Messages with the same join key that are due together leave as one. */
  joinKey?: string;
  asks: ('confirm' | 'reschedule')[];
  /** They read another language, in which there are no approved words. */
  languageMissing?: true;
  /** Blanks that the visits do not fill, e.g. who will answer. */
  blanks?: Variables;
  tells: Telling[];
}

export interface PlannedTask {
  key: string;
  patient: Reference;
  rule: string;
  code: string;
  owner: string;
  priority: 'routine' | 'urgent' | 'asap' | 'stat';
  opensAt: Instant;
  dueAt: Instant;
  /** What staff read. Stays inside the chart. */
  says: string;
  about: Reference[];
  /** What the patient knows once a person has done it: a call tells as a message does. */
  tells?: Telling[];
  /** Why a person has to do it, where a message could not. */
  reason?: Reason;
  /** Id of the message from a patient that it answers. */
  inbound?: string;
  /** Whom it may be about, while that is not certain. */
  candidates?: Reference[];
}

/** A message that could have been, and why it is not: the other half of "why" (law 9). */
export interface NotPlanned {
  /** The key it would have had: if a message with it is still pending, this is why it is withdrawn. */
  key: string;
  rule: string;
  step?: string;
  about: Reference;
  reason: Reason;
}

export interface Plan {
  messages: PlannedMessage[];
  tasks: PlannedTask[];
  notPlanned: NotPlanned[];
  /** When time alone may change this plan; undefined when only new facts can. */
  lookAgainAt?: Instant;
}

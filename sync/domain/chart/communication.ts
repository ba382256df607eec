import type { Communication, CommunicationRequest } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { MESSAGE_KEY_SYSTEM } from '../facts/communication.ts';
import type { MessageFact, MessageState } from '../plan/facts.ts';
import {
  categoryConcept,
  INBOUND_KEY_SYSTEM,
  inboundReference,
  keyIdentifier,
  mediumConcept,
  personAt,
  profile,
  REMINDER_TOPIC,
  reasonConcept,
} from './codes.ts';

const REQUEST_STATUS: Record<MessageState, CommunicationRequest['status']> = {
  planned: 'active',
  sending: 'active',
  sent: 'completed',
  delivered: 'completed',
  withdrawn: 'revoked',
  expired: 'revoked',
  dropped: 'revoked',
  failed: 'revoked',
  unknown: 'unknown',
};

/** What we mean to say, as the chart sees it. The same row always makes the same resource. */
export function communicationRequestOf(message: MessageFact): CommunicationRequest {
  return {
    resourceType: 'CommunicationRequest',
    meta: profile('loopkeeper-communication-request'),
    identifier: [keyIdentifier(MESSAGE_KEY_SYSTEM, message.key)],
    status: REQUEST_STATUS[message.state],
    ...(message.reason ? { statusReason: reasonConcept(message.reason) } : {}),
    category: [categoryConcept(categoryOf(message))],
    medium: [mediumConcept(message.medium)],
    ...subjectOf(message),
    ...aboutOf(message),
    occurrenceDateTime: message.sendAt,
  };
}

/**
 * `in-progress` until the provider reports delivery; `unknown` stays unknown: the chart does not guess (law 6). Nothing
 * while `sending`: what the provider puts off goes back to planned, and a `preparation` would be left behind.
 */
const STATUS: Partial<Record<MessageState, Communication['status']>> = {
  sent: 'in-progress',
  delivered: 'completed',
  failed: 'not-done',
  unknown: 'unknown',
};

/** What was said; undefined while nothing has left. One Communication for one message, updated as reports come. */
export function communicationOf(message: MessageFact & { body?: string }): Communication | undefined {
  const status = STATUS[message.state];
  if (!status) return undefined;
  return {
    resourceType: 'Communication',
    meta: profile('loopkeeper-communication'),
    identifier: [keyIdentifier(MESSAGE_KEY_SYSTEM, message.key)],
    status,
    ...(message.reason ? { statusReason: reasonConcept(message.reason) } : {}),
    category: [categoryConcept(categoryOf(message))],
    ...(message.purpose === 'reminder' ? { topic: REMINDER_TOPIC } : {}),
    medium: [mediumConcept(message.medium)],
    ...subjectOf(message),
    ...aboutOf(message),
    ...answeredBy(message),
    ...(HAS_LEFT.includes(message.state) && message.sentAt ? { sent: message.sentAt } : {}),
    ...payloadOf(message.body),
  };
}

/** `sentAt` is the moment of the claim; before the provider has accepted it, the chart must not call that sent. */
const HAS_LEFT: MessageState[] = ['sent', 'delivered'];

/** A picture without words has none, and FHIR has no empty strings. */
const payloadOf = (words = '') => (words.trim() ? { payload: [{ contentString: words }] } : {});

const categoryOf = ({ purpose }: MessageFact) => (purpose === 'reminder' ? 'reminder' : 'notification');

const subjectOf = ({ patient, recipient, medium, address }: MessageFact) => ({
  ...(patient ? { subject: { reference: patient } } : {}),
  recipient: [recipient ? { reference: recipient } : personAt(medium, address)],
});

/** The key of an answer ends with the id of the message it answers. */
const answeredBy = ({ purpose, key }: MessageFact) =>
  purpose === 'answer' ? { inResponseTo: [inboundReference(key.slice(key.lastIndexOf('|') + 1))] } : {};

const aboutOf = ({ tells }: MessageFact) =>
  tells.length > 0 ? { about: tells.map(telling => ({ reference: telling.appointment })) } : {};

export interface Heard {
  id: string;
  medium: 'sms' | 'email';
  body: string;
  receivedAt: Instant;
  /** Where it came from. */
  address: string;
  /** The one patient it is about; undefined while that is not certain. */
  patient?: string;
  sender?: string;
  /** Visits it answers for. */
  about?: readonly string[];
}

/** What a patient wrote. While it is not certain whose chart it belongs to, it has no subject, and a Task asks (ACK7). */
export function heardCommunicationOf(heard: Heard): Communication {
  return {
    resourceType: 'Communication',
    meta: profile('loopkeeper-communication'),
    identifier: [keyIdentifier(INBOUND_KEY_SYSTEM, heard.id)],
    status: 'completed',
    category: [categoryConcept('notification')],
    medium: [mediumConcept(heard.medium)],
    ...(heard.patient ? { subject: { reference: heard.patient } } : {}),
    sender: heard.sender ? { reference: heard.sender } : personAt(heard.medium, heard.address),
    ...(heard.about?.length ? { about: heard.about.map(reference => ({ reference })) } : {}),
    received: heard.receivedAt,
    ...payloadOf(heard.body),
  };
}

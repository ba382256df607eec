import type { CodeableConcept, Communication, Identifier, Patient, Reference, RelatedPerson } from '@medplum/fhirtypes';
import { LOOPKEEPER } from '../facts/fhir.ts';
import { identifierValue } from '../plan/key.ts';
import type { Reason } from '../reasons.ts';
import { REASONS } from '../reasons.ts';

/** Our code systems, defined in `fhir-profiles/`. */
const own = (system: string, code: string, text?: string): CodeableConcept => ({
  coding: [{ system: `${LOOPKEEPER}/CodeSystem/${system}`, code }],
  ...(text ? { text } : {}),
});

export const reasonConcept = (reason: Reason): CodeableConcept => own('reason', reason, REASONS[reason]);

/** There is no code for texting in R4's example value set, so the medium is ours (`standards.md` §1.4). */
export const mediumConcept = (medium: 'sms' | 'email'): CodeableConcept =>
  own('medium', medium, medium === 'sms' ? 'Text message' : 'E-mail');

export const taskConcept = (code: string): CodeableConcept => own('task-code', code);

export const ownerConcept = (owner: string, name: string | undefined): CodeableConcept => own('owner', owner, name);

export const categoryConcept = (code: 'reminder' | 'notification'): CodeableConcept => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/communication-category', code }],
});

export const REMINDER_TOPIC: CodeableConcept = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/communication-topic', code: 'appointment-reminder' }],
};

export const TASK_KEY_SYSTEM = `${LOOPKEEPER}/NamingSystem/task-key`;
export const INBOUND_KEY_SYSTEM = `${LOOPKEEPER}/NamingSystem/inbound-message`;
export const REPLY_KEY_SYSTEM = `${LOOPKEEPER}/NamingSystem/reply`;

/**
 * Our key as a FHIR identifier. In a search `|`, `,` and `$` part a value (`standards.md` §0.4) and few servers let them
 * be escaped: everything but letters, digits, dots and dashes is written as `_` and its code, e.g. `/` as `_2f`.
 */
export const keyIdentifier = (system: string, key: string): Identifier => ({
  system,
  value: identifierValue(key),
});

export const profile = (name: string) => ({ profile: [`${LOOPKEEPER}/StructureDefinition/${name}`] });

/**
 * Somebody of whom only the number or address is known: a logical reference by their `tel:` or `mailto:` URI, which a
 * person replaces once they know who it is.
 */
export const personAt = (medium: 'sms' | 'email', address: string): Reference<Patient | RelatedPerson> => ({
  identifier: { system: 'urn:ietf:rfc:3986', value: `${medium === 'sms' ? 'tel' : 'mailto'}:${address}` },
});

/** A message from a patient, by the identifier it has in the chart: so that what answers it can be written before it. */
export const inboundReference = (id: string): Reference<Communication> => ({
  type: 'Communication',
  identifier: keyIdentifier(INBOUND_KEY_SYSTEM, id),
});

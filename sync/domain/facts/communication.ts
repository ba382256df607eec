import type { Communication } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { instant } from '../time.ts';
import type { Read, Reference } from './fact.ts';
import { idOf, LOOPKEEPER, referenceOf, tokens, typeOf } from './fhir.ts';

/** Something said to or by the patient that the chart knows of, whoever sent it. */
export interface CommunicationFact {
  reference: Reference;
  patient?: Reference;
  /** Written by us: an echo, never news. */
  ours: boolean;
  /** Which of our messages it holds: the value of our identifier. */
  message?: string;
  fromPatient: boolean;
  reminder: boolean;
  status: Communication['status'];
  sent?: Instant;
  about: Reference[];
}

export const MESSAGE_KEY_SYSTEM = `${LOOPKEEPER}/NamingSystem/message-key`;

const REMINDER = [
  'http://terminology.hl7.org/CodeSystem/communication-category|reminder',
  'http://terminology.hl7.org/CodeSystem/communication-topic|appointment-reminder',
];

export function readCommunication(resource: Communication): Read<CommunicationFact> {
  const sender = referenceOf(resource.sender);
  const message = resource.identifier?.find(({ system }) => system === MESSAGE_KEY_SYSTEM)?.value;
  return {
    fact: {
      reference: idOf(resource),
      patient: referenceOf(resource.subject),
      ours: (resource.identifier ?? []).some(identifier =>
        identifier.system?.startsWith(`${LOOPKEEPER}/NamingSystem/`),
      ),
      ...(message ? { message } : {}),
      fromPatient: sender !== undefined && ['Patient', 'RelatedPerson'].includes(typeOf(sender)),
      reminder: tokens(...(resource.category ?? []), resource.topic).some(t => REMINDER.includes(t)),
      status: resource.status,
      sent: instant(resource.sent) ?? instant(resource.meta?.lastUpdated),
      about: (resource.about ?? []).flatMap(r => referenceOf(r) ?? []),
    },
    findings: [],
  };
}

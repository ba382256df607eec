import type { Communication, CommunicationRequest } from '@medplum/fhirtypes';
import type { SandboxStore } from '../store.ts';
import { type LocalTime, localTime } from './local-time.ts';

/** Something said, heard, or about to be said, as the chart holds it. */
export type MessageView = {
  at: LocalTime | undefined;
  /** `Text message, sent` */
  what: string;
  words: string | undefined;
  why: string | undefined;
};
export type Messages = { planned: MessageView[]; said: MessageView[]; unsaid: MessageView[] };

/** What is planned comes soonest first, the rest newest first. */
export async function readMessages(store: SandboxStore, patient: string, zone: string): Promise<Messages> {
  const [communications, requests] = await Promise.all([
    store.search('Communication', `subject=${patient}`),
    store.search('CommunicationRequest', `subject=${patient}`),
  ]);
  const planned = requests.filter(({ status }) => status === 'active').sort((a, b) => order(a, b));
  const unsaid = requests.filter(({ status }) => status === 'revoked').sort((a, b) => order(b, a));
  const said = communications.sort((a, b) => (whenOf(b) ?? '').localeCompare(whenOf(a) ?? ''));
  const asked = (state: string) => (one: CommunicationRequest) => requestView(one, state, zone);
  return {
    planned: planned.map(asked('planned')),
    said: said.map(one => saidView(one, zone)),
    unsaid: unsaid.map(asked('not sent')),
  };
}

const order = (a: CommunicationRequest, b: CommunicationRequest): number =>
  (a.occurrenceDateTime ?? '').localeCompare(b.occurrenceDateTime ?? '');
const whenOf = ({ sent, received, meta }: Communication) => sent ?? received ?? meta?.lastUpdated;
const wall = (at: string | undefined, zone: string) => (at ? localTime(at, zone) : undefined);

const requestView = (one: CommunicationRequest, state: string, zone: string): MessageView => ({
  at: wall(one.occurrenceDateTime, zone),
  what: `${mediumOf(one)}, ${one.category?.[0]?.coding?.[0]?.code ?? 'message'}, ${state}`,
  words: undefined,
  why: one.statusReason?.text,
});

const isFromPatient = ({ sender, sent, received }: Communication): boolean =>
  /^(Patient|RelatedPerson)\//.test(sender?.reference ?? '') || (received !== undefined && sent === undefined);

const SAID: Partial<Record<Communication['status'], string>> = {
  'in-progress': 'sent, not reported as delivered yet',
  completed: 'delivered',
  'not-done': 'not delivered',
  unknown: 'nobody knows whether it arrived',
};

const saidView = (one: Communication, zone: string): MessageView => ({
  at: wall(whenOf(one), zone),
  what: `${mediumOf(one)}, ${isFromPatient(one) ? 'from the patient' : (SAID[one.status] ?? one.status)}`,
  words: one.payload
    ?.map(({ contentString }) => contentString)
    .filter(Boolean)
    .join(' '),
  why: one.statusReason?.text,
});

const mediumOf = ({ medium }: Communication | CommunicationRequest): string =>
  medium?.[0]?.text ?? medium?.[0]?.coding?.[0]?.display ?? medium?.[0]?.coding?.[0]?.code ?? 'Message';

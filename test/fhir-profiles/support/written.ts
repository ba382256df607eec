import type { Resource } from '@medplum/fhirtypes';
import {
  communicationOf,
  communicationRequestOf,
  heardCommunicationOf,
} from '../../../sync/domain/chart/communication.ts';
import { responseOf } from '../../../sync/domain/chart/confirmation.ts';
import { taskOf } from '../../../sync/domain/chart/task.ts';
import type { MessageFact, MessageState, TaskFact } from '../../../sync/domain/plan/facts.ts';

const START = '2026-12-02T15:30:00.000Z';

/** Ana's reminder of her visit, two days before. */
export const message = (changes: Partial<MessageFact> = {}): MessageFact & { body?: string } => ({
  key: `Patient/ana|reminder-48h|Appointment/one@${START}`,
  patient: 'Patient/ana',
  rule: 'reminder-48h',
  step: 'message',
  purpose: 'reminder',
  text: 'reminder',
  language: 'en',
  medium: 'sms',
  address: '+13125550101',
  recipient: 'Patient/ana',
  addressShared: false,
  zones: ['America/Chicago'],
  sendAt: '2026-11-30T15:30:00.000Z',
  sendBefore: '2026-12-01T11:30:00.000Z',
  asks: ['confirm', 'reschedule'],
  tells: [{ appointment: 'Appointment/one', zone: 'America/Chicago', live: true, start: START, telehealth: false }],
  state: 'planned',
  ...changes,
});

/** Each state as the store gives it back: a claimed row has its moment and its words, an ended one its reason. */
const claimed = {
  sentAt: '2026-11-30T15:30:05.000Z',
  body: 'Riverside Family Practice: a reminder of your visit on Wed, Dec 2 at 9:30 AM. Reply Y to confirm.',
};
export const MESSAGES: Record<MessageState, ReturnType<typeof message>> = {
  planned: message(),
  withdrawn: message({ state: 'withdrawn', reason: 'visit-moved' }),
  expired: message({ state: 'expired', reason: 'too-late' }),
  dropped: message({ state: 'dropped', reason: 'opted-out' }),
  sending: message({ state: 'sending', ...claimed }),
  sent: message({ state: 'sent', ...claimed }),
  delivered: message({ state: 'delivered', ...claimed }),
  failed: message({ state: 'failed', reason: 'undeliverable', ...claimed }),
  unknown: message({ state: 'unknown', reason: 'outcome-unknown', ...claimed }),
};

export const task = (changes: Partial<TaskFact> = {}): TaskFact => ({
  key: `Patient/ana|unconfirmed-nudge|Appointment/one@${START}#silence`,
  patient: 'Patient/ana',
  rule: 'unconfirmed-nudge',
  code: 'unconfirmed-visit',
  owner: 'front-desk',
  priority: 'routine',
  opensAt: '2026-12-01T15:30:00.000Z',
  dueAt: '2026-12-01T19:30:00.000Z',
  says: 'Ana has not confirmed the visit on Wed, Dec 2 at 9:30 AM. Call and ask whether they will come.',
  about: ['Appointment/one'],
  state: 'open',
  changedAt: '2026-12-01T15:30:00.000Z',
  ...changes,
});

export const heard = {
  id: 'c0a8012e-7d1b-4a5e-9a44-0f7f0a5b2c11',
  medium: 'sms',
  body: 'Could I come a little later?',
  receivedAt: '2026-11-30T16:02:11.000Z',
  address: '+13125550101',
  patient: 'Patient/ana',
  sender: 'Patient/ana',
  about: ['Appointment/one'],
} as const;

const yes = { meaning: 'confirm', appointment: 'Appointment/one', start: START, at: heard.receivedAt } as const;
export const response = responseOf(`${heard.id}:Appointment/one`, 'Patient/ana', yes);

const answer = message({ purpose: 'answer', key: `|answering|${heard.id}`, patient: '', recipient: '', tells: [] });
const reasoned = { code: 'call-patient', reason: 'prefers-phone' } as const;
const moved = { appointment: 'Appointment/two', zone: 'America/Denver', live: true, start: START, telehealth: true };

/** Everything we write into a chart, in every state it can be in. Undefined: in that state nothing is written. */
export const WRITTEN: [what: string, resource: Resource | undefined][] = [
  ...Object.values(MESSAGES).map((one): [string, Resource] => [`request, ${one.state}`, communicationRequestOf(one)]),
  ...Object.values(MESSAGES).map((one): [string, Resource | undefined] => [`said, ${one.state}`, communicationOf(one)]),
  ['request, planned but held', communicationRequestOf(message({ reason: 'quiet-hours' }))],
  [
    'request of a notice about two visits, to a guardian, by e-mail',
    communicationRequestOf(
      message({
        purpose: 'notice',
        medium: 'email',
        recipient: 'RelatedPerson/mother',
        tells: [...message().tells, moved],
      }),
    ),
  ],
  ['said, an answer to a number nobody is known at', communicationOf({ ...answer, ...claimed, state: 'sent' })],
  ['heard', heardCommunicationOf(heard)],
  ['heard, a picture without words', heardCommunicationOf({ ...heard, body: '' })],
  [
    'heard by e-mail, with no certain sender',
    heardCommunicationOf({ ...heard, medium: 'email', address: 'ana@example.org', sender: undefined }),
  ],
  ['heard from somebody unknown', heardCommunicationOf({ ...heard, patient: undefined, sender: undefined, about: [] })],
  ['task, open', taskOf(task(), 'Front desk')],
  ['task, done', taskOf(task({ state: 'done' }), 'Front desk')],
  ['task, withdrawn', taskOf(task({ state: 'withdrawn', reason: 'confirmed-already' }), 'Front desk')],
  ['task, open, because a message could not', taskOf(task(reasoned))],
  ['task, done, because a message could not', taskOf(task({ ...reasoned, state: 'done' }))],
  [
    'task about an unknown sender',
    taskOf(task({ code: 'identify-sender', patient: '', about: [], inbound: heard.id })),
  ],
  [
    'task about a message from a shared number',
    taskOf(
      task({ code: 'answer-patient', patient: '', inbound: heard.id, candidates: ['Patient/ana', 'Patient/leo'] }),
    ),
  ],
  [
    'task about two visits',
    taskOf(task({ code: 'maybe-cancel-visit', priority: 'asap', about: ['Appointment/one', 'Appointment/two'] })),
  ],
  ['task with a code of the practice itself', taskOf(task({ code: 'flu-clinic-call', owner: 'flu-clinic' }))],
  ['response', response],
];

import type { Appointment, Communication, Consent, Resource, Task } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { keyIdentifier } from '../../sync/domain/chart/codes.ts';
import {
  communicationOf,
  communicationRequestOf,
  heardCommunicationOf,
} from '../../sync/domain/chart/communication.ts';
import { taskOf } from '../../sync/domain/chart/task.ts';
import { problemsOf } from './support/check.ts';
import { examples } from './support/library.ts';
import { heard, MESSAGES, message, response, task } from './support/written.ts';

const said = communicationOf(MESSAGES.delivered) as Communication;
const failed = communicationOf(MESSAGES.failed) as Communication;
const request = communicationRequestOf(MESSAGES.withdrawn);
const todo: Task = taskOf(task(), 'Front desk');
const without = <T extends object>(resource: T, ...keys: (keyof T)[]): T => {
  const copy = { ...resource };
  for (const key of keys) delete copy[key];
  return copy;
};
const system = 'https://loopkeeper.org/fhir/CodeSystem';
const unknownReason = { coding: [{ system: `${system}/reason`, code: 'the-dog-ate-it' }] };

const exampleOf = (name: string): Resource => examples.find(one => one.name === name)!.resource;
const consent = exampleOf('Consent-no-email') as Consent;
const video = exampleOf('Appointment-video') as Appointment;
const link = video.extension?.[0]?.url ?? '';

const WRONG: [why: string, resource: Resource, complaint: RegExp][] = [
  ['a Communication without identifier', without(said, 'identifier'), /identifier.*Missing/],
  [
    "a Communication with somebody else's identifier only",
    { ...said, identifier: [{ system: 'urn:x', value: '1' }] },
    /lk-com-1/,
  ],
  [
    'a Communication both said and heard',
    { ...said, identifier: [...said.identifier!, ...heardCommunicationOf(heard).identifier!] },
    /lk-com-1/,
  ],
  [
    'a Communication with two message keys',
    { ...said, identifier: [...said.identifier!, ...said.identifier!] },
    /messageKey/,
  ],
  ['a failure without a reason', without(failed, 'statusReason'), /lk-com-2/],
  [
    'a failure with a reason we do not have',
    { ...failed, statusReason: unknownReason },
    /the-dog-ate-it.*ValueSet\/reason/,
  ],
  [
    'a failure with a reason in words only',
    { ...failed, statusReason: { text: 'The number is wrong.' } },
    /ValueSet\/reason/,
  ],
  ['something heard that is not complete', { ...heardCommunicationOf(heard), status: 'in-progress' }, /lk-com-3/],
  ['something heard at no time', without(heardCommunicationOf(heard), 'received'), /lk-com-3/],
  ['something delivered at no time', without(said, 'sent'), /lk-com-4/],
  ['something sent that is still being handed over', { ...said, status: 'preparation' }, /lk-com-4/],
  [
    'a carrier pigeon',
    { ...said, medium: [{ coding: [{ system: `${system}/medium`, code: 'pigeon' }] }] },
    /ValueSet\/medium/,
  ],
  ['a Communication to a Group', { ...said, recipient: [{ reference: 'Group/1' }] }, /Invalid reference/],
  ['two payloads', { ...said, payload: [...said.payload!, ...said.payload!] }, /payload.*expected 0..1/],
  [
    'a payload that is a file',
    { ...said, payload: [{ contentAttachment: { url: 'https://example.org/x' } }] },
    /contentAttachment is none of/,
  ],
  [
    'a status of requests on a Communication',
    JSON.parse(JSON.stringify(said).replace('"completed"', '"active"')),
    /event-status/,
  ],
  [
    'a status of Communications on a request',
    JSON.parse(JSON.stringify(request).replace('"revoked"', '"stopped"')),
    /request-status/,
  ],
  ['a withdrawn request without a reason', without(request, 'statusReason'), /lk-req-1/],
  ['a request for nobody', without(request, 'recipient'), /recipient.*Missing/],
  ['a request at no time', without(request, 'occurrenceDateTime'), /occurrence.*Missing/],
  [
    'a request at some time in a period',
    { ...without(request, 'occurrenceDateTime'), occurrencePeriod: { start: '2026-12-01' } },
    /occurrencePeriod is none of/,
  ],
  ['a request with words', { ...request, payload: [{ contentString: 'Hello' }] }, /payload/],
  ['a request not to say something', { ...request, doNotPerform: true }, /doNotPerform/],
  ['a Task without its key', without(todo, 'identifier'), /identifier.*Missing/],
  ['a Task that is never due', { ...todo, restriction: { period: {} } }, /period/],
  [
    'a Task due in a period without end',
    { ...todo, restriction: { period: { start: todo.authoredOn } } },
    /period.*end/,
  ],
  ['a Task that is only proposed', { ...todo, intent: 'proposal' }, /intent/],
  ['a Task for nobody to do', without(todo, 'performerType'), /performerType.*Missing/],
  ['a no written as a response', { ...response, participantStatus: 'declined' }, /participantStatus/],
  ['a yes to no hour', without(response, 'start'), /start.*Missing/],
  ['a Consent to something else', { ...consent, category: [{ coding: [{ code: 'research' }] }] }, /messaging/],
  [
    'a Consent with nested exceptions',
    { ...consent, provision: { ...consent.provision, provision: [{ type: 'permit' }] } },
    /provision.provision/,
  ],
  [
    'a Consent to carrier pigeons',
    { ...consent, provision: { type: 'permit', code: [{ text: 'pigeon' }] } },
    /ValueSet\/medium/,
  ],
  ['a link that is a string', { ...video, extension: [{ url: link, valueString: 'x' }] }, /valueString is none of/],
  ['a link without its url', { ...video, extension: [{ url: link }] }, /value/],
  [
    'an extension of ours that is not here',
    { ...video, extension: [{ url: `${link}s`, valueUrl: 'x' }] },
    /no extension/,
  ],
  ['a tag we do not have', { ...video, meta: { tag: [{ system: `${system}/tag`, code: 'x' }] } }, /no code x/],
  [
    'a code system we do not have',
    { ...video, meta: { tag: [{ system: `${system}/tags`, code: 'x' }] } },
    /no code system/,
  ],
  [
    'a profile of ours that is not here',
    { ...said, meta: { profile: ['https://loopkeeper.org/fhir/StructureDefinition/nope'] } },
    /no profile/,
  ],
];

test.each(WRONG)('%s is refused', (_, resource, complaint) => {
  expect(problemsOf(resource).join('\n')).toMatch(complaint);
});

test('what the wrong ones are made from is right', () => {
  for (const right of [said, failed, request, todo, response, consent, video]) expect(problemsOf(right)).toEqual([]);
  expect(keyIdentifier('', message().key).value).toBe(said.identifier?.[0]?.value);
});

import { describe, expect, test } from 'vitest';
import { decode } from '../../sync/fhir/notification/decode.ts';
import type { Delivery } from '../../sync/fhir/notification/notification.ts';
import { athena, BASE, backport, delivery, event, r4b, visitBody } from './support/deliveries.ts';

const hear = (d: Delivery, eventNumbers: 'cumulative' | 'per-bundle' = 'cumulative') =>
  decode(d, { baseUrl: BASE, eventNumbers });
const refs = (...texts: string[]) =>
  texts.map(text => {
    const [type, id, versionId] = text.split('/');
    return versionId ? { type, id, versionId } : { type, id };
  });
const NINE = `${BASE}/Appointment/9`;

describe('one resource', () => {
  test.each<[string, Delivery, object]>([
    ['HAPI with payload', delivery('PUT', '/Appointment/9', visitBody()), { refs: refs('Appointment/9/3') }],
    [
      'HAPI without the version in the body',
      delivery('PUT', '/Appointment/9', { resourceType: 'Appointment', id: '9' }, { 'if-match': 'W/"4"' }),
      { refs: refs('Appointment/9/4') },
    ],
    ['HAPI, a deletion', delivery('DELETE', '/Appointment/9'), { refs: refs('Appointment/9') }],
    ['a PUT that forgot its body', delivery('PUT', '/Appointment/9'), { refs: refs('Appointment/9') }],
    [
      'Medplum',
      delivery('POST', '', visitBody(), { 'x-medplum-subscription': 'fca8' }),
      { refs: refs('Appointment/9/3'), subscription: 'Subscription/fca8' },
    ],
    [
      'Medplum, a deletion',
      delivery('POST', '/', {}, { 'x-medplum-deleted-resource': 'Appointment/9' }),
      { refs: refs('Appointment/9') },
    ],
  ])('%s', (_, d, expected) => {
    expect(hear(d)).toMatchObject({ kind: 'changed', shape: 'plain', foreign: 0, eventNumbers: [], ...expected });
  });

  test.each(['', ' \n'])('HAPI without payload sends nothing (%j): poll', body => {
    expect(hear(delivery('POST', '/', body))).toEqual({ kind: 'catch-up', shape: 'plain', eventNumbers: [] });
  });
});

describe('a Bundle', () => {
  const changed = (texts: string[], eventNumbers: bigint[] = [], more = {}) => ({
    kind: 'changed',
    shape: 'bundle',
    refs: refs(...texts),
    eventNumbers,
    foreign: 0,
    ...more,
  });
  const full = { resource: visitBody(), request: { method: 'PUT', url: 'Appointment/9' } };
  const sinceStart = { name: 'events-since-subscription-start', valueString: '42' };

  test.each<[string, unknown, object]>([
    ['backport, id only', backport('event-notification', [event('42', NINE)]), changed(['Appointment/9'], [42n])],
    [
      'backport, relative focus',
      backport('event-notification', [event('1', 'Appointment/9')]),
      changed(['Appointment/9'], [1n]),
    ],
    [
      'backport, full resource',
      backport('event-notification', [event('42', NINE)], [full]),
      changed(['Appointment/9/3'], [42n]),
    ],
    [
      'backport, a deletion',
      backport('event-notification', [event('42', NINE)], [{ request: { method: 'DELETE', url: 'Appointment/9' } }]),
      changed(['Appointment/9'], [42n]),
    ],
    [
      'backport, several events; what is only included is no change',
      backport(
        'event-notification',
        [event('5', NINE), event('7', 'Appointment/10')],
        [{ resource: { resourceType: 'Patient', id: '1' } }],
      ),
      changed(['Appointment/9', 'Appointment/10'], [5n, 7n]),
    ],
    [
      'HAPI, integers as integers',
      backport('event-notification', [
        {
          name: 'notification-event',
          part: [
            { name: 'event-number', valueInteger: 3 },
            { name: 'focus', valueReference: { reference: 'Appointment/9' } },
          ],
        },
      ]),
      changed(['Appointment/9'], [3n]),
    ],
    ['backport, empty', backport('event-notification', [event('42')]), { kind: 'catch-up', eventNumbers: [42n] }],
    [
      'backport, empty without events',
      backport('event-notification', [sinceStart]),
      { kind: 'catch-up', eventNumbers: [] },
    ],
    ['a handshake', backport('handshake'), { kind: 'handshake', subscription: 'Subscription/sub-1' }],
    ['a heartbeat', backport('heartbeat', [sinceStart]), { kind: 'heartbeat', eventNumber: 42n }],
    [
      'R4B',
      r4b({ type: 'event-notification', notificationEvent: [{ eventNumber: '8', focus: { reference: NINE } }] }),
      changed(['Appointment/9'], [8n]),
    ],
    [
      'R5',
      r4b(
        {
          type: 'event-notification',
          notificationEvent: [{ eventNumber: '9007199254740993', focus: { reference: NINE } }],
        },
        [full],
        'subscription-notification',
      ),
      changed(['Appointment/9/3'], [9007199254740993n]),
    ],
    [
      "Medplum's WebSocket form, number always 0",
      r4b({
        type: 'event-notification',
        notificationEvent: [{ eventNumber: 0, focus: { reference: 'Appointment/9' } }],
      }),
      changed(['Appointment/9'], [0n]),
    ],
    ['a transaction', { resourceType: 'Bundle', type: 'transaction', entry: [full] }, changed(['Appointment/9/3'])],
    [
      'a searchset, without what it merely includes',
      {
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [
          { resource: visitBody(), search: { mode: 'match' } },
          { resource: { resourceType: 'Patient', id: '1' }, search: { mode: 'include' } },
        ],
      },
      changed(['Appointment/9/3']),
    ],
    ['an empty batch', { resourceType: 'Bundle', type: 'batch' }, { kind: 'catch-up' }],
    [
      'a focus elsewhere',
      backport('event-notification', [event('1', 'https://evil.example/fhir/Appointment/9')]),
      changed([], [1n], { foreign: 1 }),
    ],
    [
      'a focus on a look-alike',
      backport('event-notification', [event('1', `${BASE}.evil.example/Appointment/9`)]),
      changed([], [1n], { foreign: 1 }),
    ],
    [
      'a focus climbing out',
      backport('event-notification', [event('1', `${BASE}/../admin/Appointment/9`)]),
      changed([], [1n], { foreign: 1 }),
    ],
    [
      'a focus on no host at all',
      backport('event-notification', [event('1', '//evil.example/Appointment/9')]),
      changed([], [1n], { foreign: 1 }),
    ],
  ])('%s', (_, body, expected) => {
    expect(hear(delivery('POST', '', body))).toMatchObject(expected);
  });

  test('athenahealth: event ids, no numbers, a focus by identifier, and the patient from the audit', () => {
    expect(hear(delivery('POST', '', athena('evt-77', 'evt-78')), 'per-bundle')).toEqual({
      kind: 'changed',
      shape: 'bundle',
      subscription: 'Subscription/abc',
      refs: ['evt-77', 'evt-78'].map(eventId => ({ type: 'Patient', id: 'a-432.E-77', eventId })),
      identified: ['evt-77', 'evt-78'].map(eventId => ({
        type: 'Appointment',
        system: 'urn:athenahealth:athenanet:appointment:432',
        value: '9911',
        eventId,
      })),
      foreign: 0,
      eventNumbers: [],
    });
  });
});

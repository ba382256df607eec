import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../sync/fhir/notification/decode.ts';
import type { Delivery } from '../../sync/fhir/notification/notification.ts';
import { BASE, backport, delivery, r4b, visitBody } from './support/deliveries.ts';

const hear = (d: Delivery) => decode(d, { baseUrl: BASE, eventNumbers: 'cumulative' });

describe('malformed', () => {
  test.each<[string, Delivery]>([
    ['broken JSON', delivery('POST', '', '{"resourceType":')],
    ['not UTF-8', { ...delivery('POST'), body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }],
    ['XML', delivery('POST', '', '<Appointment/>')],
    ['a list', delivery('POST', '', [])],
    ['a number', delivery('POST', '', '7')],
    ['null', delivery('POST', '', 'null')],
    ['an empty object', delivery('POST', '', {})],
    ['a type of a wrong type', delivery('POST', '', { resourceType: 7, id: '9' })],
    ['an unknown type', delivery('POST', '', { resourceType: 'Appointments', id: '9' })],
    ['a type from the prototype', delivery('POST', '', { resourceType: 'constructor', id: '9' })],
    ['no id', delivery('POST', '', { resourceType: 'Appointment' })],
    ['a number for an id', delivery('POST', '', { resourceType: 'Appointment', id: 9 })],
    ['an id that climbs', delivery('POST', '', { resourceType: 'Appointment', id: '..' })],
    ['an id with a path', delivery('POST', '', { resourceType: 'Appointment', id: '../Patient/1' })],
    ['path and body that differ', delivery('PUT', '/Appointment/9', visitBody('10'))],
    ['a path of an unknown type', delivery('PUT', '/Foo/9', visitBody())],
    ['a path that is too long', delivery('PUT', '/Appointment/9/x', visitBody())],
    ['a DELETE of nothing', delivery('DELETE')],
    ['a GET', delivery('GET', '/Appointment/9')],
    ['a deletion header that names nothing', delivery('POST', '', {}, { 'x-medplum-deleted-resource': '../../etc' })],
    ['entries that are no list', delivery('POST', '', { resourceType: 'Bundle', type: 'history', entry: {} })],
    [
      'an unknown type inside',
      delivery('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [{ resource: { resourceType: 'X' } }] }),
    ],
    [
      'a focus of a wrong type',
      delivery('POST', '', r4b({ type: 'event-notification', notificationEvent: [{ focus: 'Appointment/9' }] })),
    ],
    ['a number that is none', delivery('POST', '', r4b({ type: 'heartbeat', eventsSinceSubscriptionStart: '-1' }))],
    ['an unknown notification', delivery('POST', '', backport('party'))],
    ['no notification type', delivery('POST', '', r4b({}))],
    ['10,000 levels', delivery('POST', '', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
    ['half a million levels, never closed', delivery('POST', '', '['.repeat(500_000))],
  ])('%s', (_, d) => {
    expect(hear(d)).toMatchObject({ kind: 'malformed', why: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  test('brackets inside of text are no depth', () => {
    const body = { ...visitBody(), comment: `"\\${'[{'.repeat(500)}` };
    expect(hear(delivery('POST', '', body))).toMatchObject({ kind: 'changed' });
  });
});

test('whatever JSON is posted, it is heard as something or refused, and never throws', () => {
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom('Bundle', 'Parameters', 'SubscriptionStatus', 'history'),
  );
  const key = fc.constantFrom(
    'resourceType',
    'id',
    'type',
    'entry',
    'resource',
    'parameter',
    'name',
    'part',
    'focus',
    '__proto__',
  );
  const shaped = fc.letrec(tie => ({
    node: fc.oneof({ maxDepth: 5 }, leaf, fc.dictionary(key, tie('node')), fc.array(tie('node'), { maxLength: 3 })),
  })).node;
  const kinds = ['changed', 'catch-up', 'handshake', 'heartbeat', 'malformed'];
  fc.assert(
    fc.property(
      fc.constantFrom('POST', 'PUT', 'DELETE'),
      fc.constantFrom('', 'Appointment/9'),
      shaped,
      (method, path, body) => {
        const heard = decode(delivery(method, path, JSON.stringify(body) ?? ''), {
          baseUrl: BASE,
          eventNumbers: 'cumulative',
        });
        expect(kinds).toContain(heard.kind);
      },
    ),
    { numRuns: 500 },
  );
});

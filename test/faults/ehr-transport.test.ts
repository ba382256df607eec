import type { Patient } from '@medplum/fhirtypes';
import { afterEach, describe, expect, it } from 'vitest';
import type { EhrErrorCode } from '../../sync/fhir/outcome.ts';
import { failure } from '../fhir/support/against.ts';
import { testClient } from '../fhir/support/client.ts';
import { freePort } from '../support/free-port.ts';
import { http, type Illness, type IllServer, illServer, JSON_TYPE, WELL } from './ill-server.ts';

/*
 * Faults of the EHR, 1: of the wire, on the real client against real sockets. More of them: which statuses are tried again,
 * how often and with what pauses, the breaker and the pace in test/fhir/client-retry.test.ts; redirects and ids that
 * would lead elsewhere in client.test.ts; tokens that end, and a clock ahead of the EHR's, in test/fhir/auth.test.ts.
 * 2: what it answers (ehr-answers), 3: what its records say (ehr-records), and a restored backup in
 * test/reconcile/went-back.test.ts.
 */

/** A quarter of a second is all that a request gets here; the service gives it thirty. */
const TIMEOUT_MS = 250;
const CANARY = 'Zzfamily';
const patient: Patient = { resourceType: 'Patient', id: 'ana', name: [{ family: CANARY }] };

let server: IllServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const answering = (...head: Parameters<typeof http>): Illness => ({
  onRequest: socket => void socket.end(http(...head)),
});
const half = '{"resourceType":"Appointment","id":"9","sta';

interface Row {
  illness: Illness;
  secure?: Parameters<typeof illServer>[1];
  /** The error of a read while the fault lasts, and what the operator reads. */
  code: EhrErrorCode;
  says: RegExp;
  /** How a create without a condition ends: repeated only where it certainly was not done. */
  create: EhrErrorCode;
  /** Requests that the server read, of one create. */
  created: number;
}

const NO_ANSWER = /^The EHR did not answer read Appointment\/9\.$/;
const FAULTS: [name: string, row: Row][] = [
  [
    'reset',
    {
      illness: { onRequest: socket => void socket.resetAndDestroy() },
      code: 'timeout',
      says: NO_ANSWER,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'half open: it takes the request and falls silent',
    {
      illness: { onRequest: () => undefined },
      code: 'timeout',
      says: NO_ANSWER,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'slow: a byte now and then, and no end',
    {
      illness: { onRequest: drip },
      code: 'timeout',
      says: NO_ANSWER,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'cut in the middle of the answer',
    {
      illness: {
        onRequest: socket => void socket.end(`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: 500\r\n\r\n${half}`),
      },
      code: 'timeout',
      says: NO_ANSWER,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'truncated JSON in a whole answer',
    {
      illness: answering('200 OK', [JSON_TYPE], half),
      code: 'not-fhir',
      says: /^The answer to read Appointment\/9 is no JSON\.$/,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'a maintenance page with 200',
    {
      illness: answering('200 OK', ['content-type: text/html'], `<h1>Back soon, ${CANARY}</h1>`),
      code: 'not-fhir',
      says: /^The answer to read Appointment\/9 is no JSON\.$/,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    '502 with HTML',
    {
      illness: answering('502 Bad Gateway', ['content-type: text/html'], `<h1>Bad gateway ${CANARY}</h1>`),
      code: 'server',
      says: /^The EHR answered 502 to read Appointment\/9\.$/,
      create: 'outcome-unknown',
      created: 1,
    },
  ],
  [
    'no TLS behind https',
    {
      illness: { onConnection: socket => void socket.end('220 mail.example ESMTP\r\n') },
      secure: 'plain',
      code: 'timeout',
      says: /^No secure connection \(TLS\) to the EHR came about for read Appointment\/9\. \(ERR_SSL_WRONG_VERSION_NUMBER\)$/,
      create: 'outcome-unknown',
      created: 0,
    },
  ],
  [
    'a TLS handshake that fails',
    {
      illness: {},
      secure: 'no-handshake',
      code: 'timeout',
      says: /^No secure connection \(TLS\) to the EHR came about for read Appointment\/9\. \(ERR_SSL_/,
      create: 'outcome-unknown',
      created: 0,
    },
  ],
  [
    'a certificate that nobody trusts',
    {
      illness: {},
      secure: 'untrusted',
      code: 'network',
      says: /^The EHR was not asked for read Appointment\/9: its certificate is not to be trusted\. \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
      create: 'network',
      created: 0,
    },
  ],
];

/** For longer than anybody waits. */
function drip(socket: Parameters<NonNullable<Illness['onRequest']>>[0]): void {
  socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: 500\r\n\r\n`);
  const timer = setInterval(() => socket.write(' '), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('the EHR', () => {
  it.each(FAULTS)('%s: a sentence, no write done twice, and well again afterwards', async (_, row) => {
    server = await illServer(row.illness, row.secure);
    const connect = () => testClient(`${server?.url}/fhir`, { timeoutMs: TIMEOUT_MS });
    const writer = connect();
    const created = await failure(writer.client.create(patient));
    expect([created.code, server.heard.length]).toEqual([row.create, row.created]);
    const { client, logged, advance } = connect();
    const read = await failure(client.read('Appointment', '9'));
    expect(read).toMatchObject({ code: row.code, retry: 'later', message: expect.stringMatching(row.says) });
    const seen = [logged, writer.logged, read, read.message, created, created.message];
    expect(JSON.stringify(seen)).not.toContain(CANARY);
    server.recover();
    advance(600_000);
    if (!row.secure) expect((await client.read('Appointment', '9')).outcome).toBe('found');
  });

  it('refused: a sentence, and a create may be tried again', async () => {
    const { client } = testClient(`http://127.0.0.1:${await freePort()}/fhir`);
    const errors = [await failure(client.create(patient)), await failure(client.capability())];
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['network', 'The EHR could not be reached for create Patient.'],
      ['circuit-open', 'The EHR has failed several times in a row; nothing is sent for a while.'],
    ]);
  });

  it('slow, but in time: waited for', async () => {
    let answer = () => {};
    server = await illServer({ onRequest: socket => (answer = () => void socket.end(WELL)) });
    const { client } = testClient(`${server.url}/fhir`, { timeoutMs: 20_000 });
    const reading = client.read('Appointment', '9');
    while (server.heard.length === 0) await new Promise(resolve => setImmediate(resolve));
    answer();
    expect((await reading).outcome).toBe('found');
  });
});

/** One answer with these headers, and then the right one: how long nothing was asked meanwhile. */
const THROTTLED: [name: string, headers: string[], sleptMs: number[]][] = [
  // The pace of the profile: half a minute where the EHR names no time. Three seconds more than it asks for.
  ['without Retry-After', [], [30_000]],
  ['with Retry-After in seconds', ['retry-after: 7'], [10_000]],
  ['with Retry-After as a date', ['retry-after: Sat, 21 Nov 2026 15:30:20 GMT'], [23_000]],
  ['with a Retry-After that has gone by', ['retry-after: Sat, 21 Nov 2026 15:00:00 GMT'], [3000]],
  ['with a Retry-After that is none', ['retry-after: soon'], [30_000]],
];

it.each(THROTTLED)('429 %s: silence for as long as that, then the answer', async (_, headers, sleptMs) => {
  const ill = await illServer({
    onRequest: socket => {
      ill.recover();
      socket.end(http('429 Too Many Requests', [JSON_TYPE, ...headers], '{}'));
    },
  });
  server = ill;
  const { client, slept } = testClient(`${ill.url}/fhir`);
  expect((await client.read('Appointment', '9')).outcome).toBe('found');
  expect([slept, ill.heard.length]).toEqual([sleptMs, 2]);
});

import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { KyselyPlugin } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { twilioSignature } from '../../sync/channels/twilio/signature.ts';
import { openApp } from '../../sync/http/app.ts';
import { jwksRouter } from '../../sync/http/jwks.ts';
import { openingApp } from '../../sync/http/opening.ts';
import { doorServer } from '../../sync/http/server.ts';
import { MISTAKES_A_MINUTE } from '../../sync/http/slow-guesses.ts';
import { twilioDoors } from '../../sync/http/twilio-doors.ts';
import { createMessages } from '../../sync/store/planned-message.ts';
import { athena } from '../fhir/support/deliveries.ts';
import { openDoor, sign } from '../fhir/support/door.ts';
import { profileOf } from '../fhir/support/profiles.ts';
import { plannedMessage } from '../support/planned.ts';
import { SECRET } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const TOKEN = 'an-auth-token-of-tests';
const PUBLIC = 'https://sync.example.org';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JWKS = '/.well-known/jwks.json';
const MEGABYTE = 1024 * 1024;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Every door there is, behind the real server, and how many statements the database was asked. */
async function house() {
  const count = { statements: 0 };
  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      count.statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const whole = await open({ through: database => ({ ...database, sql: database.sql.withPlugin(counting) }) });
  const { service } = whole;
  const hook = { baseUrl: service.connection.baseUrl, profile: profileOf('hapi'), secrets: { header: [SECRET] } };
  const app = openApp(service, {
    hook: name => (name === 'ehr' ? hook : undefined),
    rooms: [
      twilioDoors(service, { publicUrl: PUBLIC, authToken: TOKEN }),
      { path: JWKS, router: jwksRouter(() => ({ keys: [] })) },
    ],
  });
  return { whole, count, ...(await serving(app)) };
}

async function serving(app: Parameters<typeof doorServer>[0]) {
  const server = doorServer(app);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, redirect: 'manual', ...init });
  return { server, port, ask };
}

/** Says these bytes as they are, and hears everything until the other side hangs up. */
const say = (port: number, bytes: string): Promise<string> =>
  new Promise(resolve => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', text => {
      heard += text;
    });
    socket.on('error', () => undefined).on('close', () => resolve(heard));
  });

const signed = (path: string, params: Record<string, string>) => ({
  headers: { ...FORM, 'x-twilio-signature': twilioSignature(TOKEN, `${PUBLIC}${path}`, new URLSearchParams(params)) },
  body: new URLSearchParams(params).toString(),
});
const TEXT = { MessageSid: `SM${'a'.repeat(32)}`, From: '+13125550101', To: '+13125550100', Body: 'STOP' };
const REPORT = { MessageSid: `SM${'b'.repeat(32)}`, MessageStatus: 'delivered' };
const right = { headers: { 'x-loopkeeper-secret': SECRET } };
const wrong = { headers: { 'x-loopkeeper-secret': 'a-guess' } };
const spoofed = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}`, forwarded: `for=203.0.113.${n}` });

type Ask = readonly [method: string, path: string, init?: RequestInit];
const hook: Ask = ['POST', '/hooks/fhir/ehr', right];
const message = '00000000-0000-4000-8000-00000000e001';

describe('who guesses is slowed, and who is right comes through beside it', () => {
  it.each<[name: string, guess: Ask, says: number, true_: Ask, fhir: boolean]>([
    ['the secret of a notification', ['POST', '/hooks/fhir/ehr', wrong], 401, hook, true],
    ['no secret, and a method that is none', ['OPTIONS', '/hooks/fhir/ehr'], 401, hook, true],
    ['the name of a connection', ['POST', '/hooks/fhir/guess', right], 404, hook, true],
    ['a name that is no text', ['POST', '/hooks/fhir/%E0%A4%A', right], 400, hook, true],
    [
      'the signature of a text',
      ['POST', '/hooks/twilio/inbound', { body: 'From=1', headers: { ...FORM, 'x-twilio-signature': 'x' } }],
      401,
      ['POST', '/hooks/twilio/inbound', signed('/hooks/twilio/inbound', TEXT)],
      true,
    ],
    [
      'the signature of a report',
      ['POST', '/hooks/twilio/status', { body: 'From=1', headers: FORM }],
      401,
      ['POST', '/hooks/twilio/status', signed('/hooks/twilio/status', REPORT)],
      true,
    ],
    [
      'a text that is too long for its door',
      ['POST', '/hooks/twilio/inbound', { body: 'x'.repeat(65 * 1024), headers: FORM }],
      413,
      ['POST', '/hooks/twilio/inbound', signed('/hooks/twilio/inbound', TEXT)],
      true,
    ],
    [
      'a link to unsubscribe',
      ['POST', '/unsubscribe/guess', { body: 'List-Unsubscribe=One-Click', headers: FORM }],
      200,
      ['POST', `/unsubscribe/${message}`, { body: 'List-Unsubscribe=One-Click', headers: FORM }],
      false,
    ],
    ['a link that is no text', ['POST', '/unsubscribe/%E0%A4%A'], 400, ['GET', `/unsubscribe/${message}`], false],
  ])('%s', async (_, guess, says, true_, fhir) => {
    const { whole, ask } = await house();
    const plan = plannedMessage('m', whole.now(), { medium: 'email', address: 'ana@home.example' });
    await createMessages(whole.database.sql, [{ id: message, plan }], whole.now());
    const answers: number[] = [];
    for (let n = 0; n < MISTAKES_A_MINUTE + 5; n++) {
      const [method, path, init = {}] = guess;
      const response = await ask(method, path, { ...init, headers: { ...init.headers, ...spoofed(n) } });
      answers.push(response.status);
      const text = await response.text();
      if (response.status !== 429) continue;
      expect(response.headers.get('retry-after')).toBe('60');
      if (fhir)
        expect(JSON.parse(text)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'throttled' }] });
      else expect(JSON.parse(text)).toEqual({ error: expect.any(String) });
    }
    expect(answers).toEqual([...Array(MISTAKES_A_MINUTE).fill(says), ...Array(5).fill(429)]);
    const told = whole.logged.filter(line => line.includes('"level":"warn"'));
    expect(told.length).toBeLessThanOrEqual(MISTAKES_A_MINUTE + 1);
    expect((await ask(...true_)).status).toBe(200);
    whole.jump('PT1M');
    expect((await ask(...guess)).status).toBe(says);
  });

  it('where the signature covers the body, and nothing is known before it is read', async () => {
    const door = await openDoor();
    closing.push(() => void door.close());
    const send = async (n: number, secret: string) => {
      const body = JSON.stringify(athena(`evt-${n}`));
      const response = await door.knock('POST', 'athena', body, { 'x-hub-signature': `sha256=${sign(body)}${secret}` });
      return response.status;
    };
    const answers = [];
    for (let n = 0; n <= MISTAKES_A_MINUTE; n++) answers.push(await send(n, 'x'));
    expect(answers.slice(-2)).toEqual([401, 429]);
    expect(await send(99, '')).toBe(200);
    const big = await door.knock('POST', 'athena', Buffer.alloc(MEGABYTE + 1), {});
    expect([big.status, door.heard.length]).toEqual([429, 1]);
  });

  it('tells a link that was found from others by nothing but the count', async () => {
    const { whole, ask } = await house();
    const plan = plannedMessage('m', whole.now(), { medium: 'email', address: 'ana@home.example' });
    await createMessages(whole.database.sql, [{ id: message, plan }], whole.now());
    const press = async (id: string) => (await ask('POST', `/unsubscribe/${id}`, { headers: FORM })).text();
    expect(await press(message)).toBe(await press('guess'));
    expect(await press(message)).toBe(await press('guess'));
    const stops = await whole.database.sql.selectFrom('opt_out').select(['address', 'medium']).execute();
    expect(stops).toEqual([{ address: 'ana@home.example', medium: 'email' }]);
    const noted = await whole.database.sql
      .selectFrom('journal')
      .select('what')
      .where('what', '=', 'unsubscribe')
      .execute();
    expect(noted).toHaveLength(1);
  });
});

describe('what is asked often is answered always, and keeps nobody busy', () => {
  it.each<[name: string, ask: Ask, status: number, statements: number]>([
    ['notifications with the right secret', hook, 200, Infinity],
    ['a notification that cannot be read, with it', ['POST', '/hooks/fhir/ehr', { ...right, body: '{' }], 400, 0],
    ['one that is no notification, with it', ['GET', '/hooks/fhir/ehr', right], 405, 0],
    [
      'texts with the right signature',
      ['POST', '/hooks/twilio/inbound', signed('/hooks/twilio/inbound', TEXT)],
      200,
      Infinity,
    ],
    ['reports with it', ['POST', '/hooks/twilio/status', signed('/hooks/twilio/status', REPORT)], 200, Infinity],
    ['/livez', ['GET', '/livez'], 200, 0],
    ['/readyz', ['GET', '/readyz'], 200, 1],
    ['/health', ['GET', '/health'], 200, 20],
    ['/metrics', ['GET', '/metrics'], 200, 30],
    ['our keys', ['GET', JWKS], 200, 0],
    ['the front page', ['GET', '/'], 200, 0],
    ['the page to unsubscribe', ['GET', '/unsubscribe/x'], 200, 0],
    ['what is not there', ['GET', '/nowhere'], 404, 0],
  ])('%s', async (_, asked, status, statements) => {
    const { count, ask } = await house();
    count.statements = 0;
    const rounds = Array.from({ length: 3 });
    for (const _ of rounds) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(...asked)));
      expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([status]));
      await Promise.all(answers.map(answer => answer.arrayBuffer()));
    }
    expect(count.statements).toBeLessThanOrEqual(statements);
  });

  it.each(['/health', '/metrics', '/readyz'])('%s is asked anew when a second is over', async path => {
    const { whole, count, ask } = await house();
    await ask('GET', path);
    count.statements = 0;
    await ask('GET', path);
    expect(count.statements).toBe(0);
    whole.jump('PT1S');
    await ask('GET', path);
    expect(count.statements).toBeGreaterThan(0);
  });
});

describe('a body that no door takes', () => {
  const BOMB = gzipSync(Buffer.alloc(20 * MEGABYTE));
  const zipped = { ...FORM, 'content-encoding': 'gzip' };
  it.each<[name: string, path: string, size: number, headers: Record<string, string>, big: number, bomb: number]>([
    ['a notification', '/hooks/fhir/ehr', MEGABYTE, right.headers, 413, 415],
    ['a notification without the secret', '/hooks/fhir/ehr', MEGABYTE, {}, 401, 401],
    ['a text', '/hooks/twilio/inbound', 64 * 1024, {}, 413, 400],
    ['a report', '/hooks/twilio/status', 64 * 1024, {}, 413, 400],
    ['a link to unsubscribe', '/unsubscribe/x', 1024, {}, 413, 415],
    ['our keys', JWKS, 0, {}, 404, 404],
    ['health', '/health', 0, {}, 404, 404],
    ['metrics', '/metrics', 0, {}, 404, 404],
    ['the front page', '/', 0, {}, 404, 404],
  ])('%s', async (_, path, size, headers, big, bomb) => {
    const { ask } = await house();
    const tooLong = await ask('POST', path, { headers: { ...FORM, ...headers }, body: Buffer.alloc(size + 1, 0x78) });
    const compressed = await ask('POST', path, { headers: { ...zipped, ...headers }, body: new Uint8Array(BOMB) });
    expect([tooLong.status, compressed.status]).toEqual([big, bomb]);
    expect(`${await tooLong.text()}${await compressed.text()}`).not.toMatch(/xxx|node_modules|\n {4}at /);
  });
});

describe('whoever says nothing to the end is cut off', () => {
  it('sooner than by the figures of Node, and however much a connection carries', async () => {
    const { server } = await house();
    const { requestTimeout, headersTimeout, maxRequestsPerSocket } = server;
    expect({ requestTimeout, headersTimeout, maxRequestsPerSocket }).toEqual({
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      maxRequestsPerSocket: 0,
    });
  });

  it.each<[name: string, bytes: string]>([
    ['not a byte', ''],
    ['headers without an end', 'GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'a body without an end',
      `POST /hooks/fhir/ehr HTTP/1.1\r\nHost: x\r\nX-Loopkeeper-Secret: ${SECRET}\r\nContent-Length: 9\r\n\r\n{`,
    ],
    [
      'a body in chunks without an end',
      'POST /hooks/twilio/inbound HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
    ],
  ])('%s', { timeout: 15_000 }, async (_, bytes) => {
    const { server, port } = await house();
    server.headersTimeout = 100;
    server.requestTimeout = 200;
    expect(await say(port, bytes)).toMatch(/^(HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n)?$/);
  });
});

describe('what is no proper request', () => {
  const TEARS = 'Zzcanary';
  const req = (line: string, ...headers: string[]) =>
    [line, 'Host: x', `X-Canary: ${TEARS}`, ...headers, '', ''].join('\r\n');
  const last = 'Connection: close';
  it.each<[name: string, bytes: string, codes: number[]]>([
    ['no HTTP', `${TEARS}\r\n\r\n`, [400]],
    ['a good one, and none in the same breath, which ends it', `${req('GET /livez HTTP/1.1')}${TEARS}\r\n\r\n`, [200]],
    [
      'many that are refused, in one breath',
      `${req(`POST /hooks/fhir/${TEARS} HTTP/1.1`, 'Content-Length: 0').repeat(3)}${req('GET /livez HTTP/1.1', last)}`,
      [404, 404, 404, 200],
    ],
    ['two lengths', req('POST /hooks/fhir/ehr HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2'), [400]],
    [
      'a length and chunks',
      req('POST /hooks/fhir/ehr HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      [400],
    ],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n', [400]],
    ['headers of 20 KB', req('GET /livez HTTP/1.1', `X-Long: ${'x'.repeat(20_000)}`), [431]],
    ['an address of 20 KB', req(`GET /${'x'.repeat(20_000)} HTTP/1.1`), [431]],
    ['HEAD of a door that is posted to', req('HEAD /hooks/fhir/ehr HTTP/1.1', last), [401]],
    ['HEAD with the secret', req('HEAD /hooks/fhir/ehr HTTP/1.1', `X-Loopkeeper-Secret: ${SECRET}`, last), [405]],
    ['HEAD of a webhook', req('HEAD /hooks/twilio/inbound HTTP/1.1', last), [404]],
    ['HEAD of a page to unsubscribe', req('HEAD /unsubscribe/x HTTP/1.1', last), [200]],
    ['OPTIONS of a hook', req('OPTIONS /hooks/fhir/ehr HTTP/1.1', last), [401]],
    ['OPTIONS of nothing in particular', req('OPTIONS * HTTP/1.1', last), [404]],
    ['TRACE', req('TRACE /health HTTP/1.1', last), [404]],
    ['TRACE of a hook', req('TRACE /hooks/fhir/ehr HTTP/1.1', last), [401]],
    ['CONNECT', req('CONNECT evil.example:443 HTTP/1.1'), []],
    ['a whole address', req('GET http://evil.example/livez HTTP/1.1', last), [200]],
    ['a whole address of nothing', req(`GET http://evil.example/${TEARS} HTTP/1.1`, last), [404]],
    ['a slash in a name', req(`POST /hooks/fhir/ehr%2F${TEARS} HTTP/1.1`, 'Content-Length: 0', last), [404]],
    ['a climb in a name', req('POST /hooks/fhir/%2e%2e%2fehr HTTP/1.1', 'Content-Length: 0', last), [404]],
    ['two slashes before', req('POST //hooks/fhir/ehr HTTP/1.1', 'Content-Length: 0', last), [404]],
    ['two slashes within', req('POST /hooks/fhir//ehr HTTP/1.1', 'Content-Length: 0', last), [404]],
    ['no name', req('POST /hooks/fhir HTTP/1.1', 'Content-Length: 0', last), [404]],
    ['a null', req('POST /hooks/fhir/%00 HTTP/1.1', 'Content-Length: 0', last), [404]],
    ['an expectation', req('POST /hooks/fhir/ehr HTTP/1.1', `Expect: ${TEARS}`, 'Content-Length: 0', last), [417]],
    ['an upgrade', req('GET /livez HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade, close'), [200]],
  ])('is answered by a code: %s', async (_, bytes, codes) => {
    const { port } = await house();
    const heard = await say(port, bytes);
    expect([...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => Number(code))).toEqual(codes);
    expect(heard).not.toMatch(/Zzcanary|xxxxx|evil|node_modules|\n {4}at /);
  });

  it.each<[name: string, method: string, path: string, status: number]>([
    ['no such connection', 'POST', '/hooks/fhir/nobody', 404],
    ['no name', 'POST', '/hooks/fhir', 404],
    ['no name but a slash', 'GET', '/hooks/fhir/', 404],
    ['in capitals', 'POST', '/HOOKS/FHIR/%E0%A4%A', 400],
    ['no secret', 'POST', '/hooks/fhir/ehr', 401],
  ])('and on the doors for FHIR by an OperationOutcome, also to a browser: %s', async (_, method, path, status) => {
    const { ask } = await house();
    const response = await ask(method, path, { headers: { accept: 'text/html' } });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/fhir+json'),
    ]);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('also while the service starts', async () => {
    const whole = await open();
    const { ask } = await serving(openingApp([], whole.service.log));
    const response = await ask('POST', '/hooks/fhir/ehr', right);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'transient' }] });
  });
});

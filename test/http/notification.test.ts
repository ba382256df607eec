import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { athena, backport, event, visitBody } from '../fhir/support/deliveries.ts';
import { openDoor, SECRET, sign, type TestDoor } from '../fhir/support/door.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());
beforeEach(() => {
  door.heard.length = 0;
  door.logged.length = 0;
  door.store.broken = false;
});

const right = { 'x-loopkeeper-secret': SECRET };
const topic = (number: string) => backport('event-notification', [event(number, 'Appointment/9')]);

describe('what each server wants to hear', () => {
  test.each([
    ['PUT', 'hapi/Appointment/9', visitBody('9', 'a1')],
    ['PUT', 'hapi/Appointment/9/', visitBody('9', 'a2')],
    ['DELETE', 'hapi/Appointment/9', undefined],
    ['POST', 'hapi', undefined],
    ['POST', 'hapi/', visitBody('9', 'a3')],
  ])('%s %s: an empty 200', async (method, path, body) => {
    const response = await door.knock(method, path, body);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(door.heard).toHaveLength(1);
  });

  test("HAPI's POST without a body comes as an empty form", async () => {
    const headers = { ...right, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await door.knock('POST', 'hapi', undefined, headers)).status).toBe(200);
    expect(door.heard[0]?.heard.kind).toBe('catch-up');
  });

  test('a Bundle: a Bundle, as HAPI takes an empty 200 for a failure', async () => {
    const response = await door.knock('POST', 'hapi', topic('1'));
    expect(response.headers.get('content-type')).toContain('application/fhir+json');
    expect(await response.json()).toEqual({ resourceType: 'Bundle', type: 'transaction-response' });
  });

  test('a Bundle where the profile says so: 204', async () => {
    const response = await door.knock('POST', 'silent', topic('2'));
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  test('a handshake of a Subscription nobody knows yet is welcome', async () => {
    expect((await door.knock('POST', 'hapi', backport('handshake'))).status).toBe(200);
    expect(door.heard).toMatchObject([
      { connection: 'hapi', heard: { kind: 'handshake', subscription: 'Subscription/sub-1' } },
    ]);
  });
});

describe('who may come in', () => {
  const medplumBody = JSON.stringify(visitBody('9', 'b1'));
  const athenaBody = JSON.stringify(athena('evt-door'));

  test.each<[string, string, string, Record<string, string>, number]>([
    ['the wrong secret', 'hapi', medplumBody, { 'x-loopkeeper-secret': 'wrong' }, 401],
    ['no secret', 'hapi', medplumBody, {}, 401],
    ['the right secret without the signature', 'medplum', medplumBody, right, 401],
    ['the signature without the secret', 'medplum', medplumBody, { 'x-signature': sign(medplumBody) }, 401],
    ['the signature of other bytes', 'medplum', `${medplumBody} `, { ...right, 'x-signature': sign(medplumBody) }, 401],
    ['both', 'medplum', medplumBody, { ...right, 'x-signature': sign(medplumBody) }, 200],
    ['athenahealth, signed', 'athena', athenaBody, { 'x-hub-signature': `sha256=${sign(athenaBody)}` }, 200],
    ['athenahealth, unsigned', 'athena', athenaBody, {}, 401],
    ['a connection without any secret', 'open', medplumBody, right, 401],
    ['no such connection', 'nobody', medplumBody, right, 404],
    ['a connection from the prototype', '__proto__', medplumBody, right, 404],
  ])('%s', async (_, connection, body, headers, status) => {
    const response = await door.knock('POST', connection, body, headers);
    expect(response.status).toBe(status);
    expect(door.heard).toHaveLength(status === 200 ? 1 : 0);
    if (status !== 200) expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });
});

describe('what cannot be used', () => {
  test.each<[string, string, string, string | Buffer, Record<string, string>, number]>([
    ['malformed JSON', 'POST', 'hapi', '{', right, 400],
    ['an unknown resource', 'POST', 'hapi', '{"resourceType":"Foo","id":"1"}', right, 400],
    ['10,000 levels', 'POST', 'hapi', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, right, 400],
    ['10 MB', 'POST', 'hapi', Buffer.alloc(10 * 1024 * 1024, 0x20), right, 413],
    ['one byte too many', 'POST', 'hapi', Buffer.alloc(1024 * 1024 + 1, 0x20), right, 413],
    [
      '10 MB with the wrong secret',
      'POST',
      'hapi',
      Buffer.alloc(10 * 1024 * 1024),
      { 'x-loopkeeper-secret': 'no' },
      401,
    ],
    ['XML', 'POST', 'hapi', '<Appointment/>', { ...right, 'content-type': 'application/fhir+xml' }, 415],
    ['something compressed', 'POST', 'hapi', 'xxxx', { ...right, 'content-encoding': 'gzip' }, 415],
    ['PATCH', 'PATCH', 'hapi/Appointment/9', '{}', right, 405],
    ['a path into nowhere', 'PUT', 'hapi/Appointment/9/_history/1/x', '{}', right, 400],
    ['an encoded climb', 'PUT', 'hapi/Appointment/%2e%2e%2fPatient', '{}', right, 400],
  ])('%s', async (_, method, path, body, headers, status) => {
    const response = await door.knock(method, path, body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error' }] });
    expect(door.heard).toEqual([]);
    expect(door.logged).toHaveLength(1);
  });

  test('GET shows nothing', async () => {
    const response = await door.knock('GET', 'hapi', undefined);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, PUT, DELETE']);
  });
});

describe('keeping', () => {
  test('what could not be kept is refused, and heard when it comes again', async () => {
    const body = visitBody('9', 'c1');
    door.store.broken = true;
    expect((await door.knock('PUT', 'hapi/Appointment/9', body)).status).toBe(503);
    door.store.broken = false;
    expect((await door.knock('PUT', 'hapi/Appointment/9', body)).status).toBe(200);
    expect(door.heard).toHaveLength(1);
  });

  test('the same delivery again is answered alike and wakes nobody', async () => {
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push((await door.knock('POST', 'hapi', topic('77'))).status);
    expect(answers).toEqual([200, 200, 200]);
    expect(door.heard).toHaveLength(1);
  });

  test('athenahealth: number 1 twice with different ids is twice, the same id is once', async () => {
    for (const id of ['evt-1', 'evt-2', 'evt-2']) {
      const body = JSON.stringify(athena(id));
      await door.knock('POST', 'athena', body, { 'x-hub-signature': `sha256=${sign(body)}` });
    }
    expect(door.heard).toHaveLength(2);
  });

  test('two empty notifications are two', async () => {
    await door.knock('POST', 'hapi');
    await door.knock('POST', 'hapi');
    expect(door.heard).toHaveLength(2);
  });
});

test.each([
  'Canary-Quillfeather',
  "'; DROP TABLE wake; --",
  '<script>alert(1)</script>',
  '\u202Eevil\u0000\uFFFF',
  '%{jndi:ldap://x}',
])('nothing of what is sent is logged or said back: %j', async canary => {
  const resource = { ...visitBody('9', canary), description: canary };
  const sent: [string, string, unknown, Record<string, string>?][] = [
    ['PUT', 'hapi/Appointment/9', resource],
    ['POST', 'hapi', JSON.stringify(resource).slice(1)],
    ['POST', 'hapi', { resourceType: canary, id: canary }],
    ['POST', 'hapi', { resourceType: 'Appointment', id: canary }],
    ['POST', 'hapi', backport(canary)],
    ['PUT', `hapi/${encodeURIComponent(canary)}/9`, resource],
    ['POST', encodeURIComponent(canary), resource],
    ['POST', 'hapi', resource, { 'x-loopkeeper-secret': encodeURIComponent(canary) }],
  ];
  for (const [method, path, body, headers] of sent) {
    const response = await door.knock(method, path, typeof body === 'string' ? body : JSON.stringify(body), headers);
    const said = `${await response.text()}${JSON.stringify([...response.headers])}`;
    for (const form of [canary, JSON.stringify(canary).slice(1, -1), encodeURIComponent(canary)]) {
      expect(said).not.toContain(form);
      expect(door.logged.join()).not.toContain(form);
    }
  }
  expect(door.logged.length).toBeGreaterThan(4);
});

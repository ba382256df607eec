import { afterEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import { plusMs } from '../../sync/domain/time.ts';
import { backendServices } from '../../sync/fhir/auth/backend-services.ts';
import { bearer } from '../../sync/fhir/auth/bearer.ts';
import { clientSecret } from '../../sync/fhir/auth/client-secret.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';
import { against, appointment, failure } from './support/against.ts';
import { type Answer, type Heard, type Scripted, scripted } from './support/script.ts';

const START: Instant = '2026-11-21T15:30:00.000Z';
let now: Instant;
let tokens: Scripted | undefined;
afterEach(async () => {
  await tokens?.close();
  tokens = undefined;
});

const granted = (n: number, seconds: number = 300): Answer => ({
  status: 200,
  body: { access_token: `token-${n}`, token_type: 'bearer', expires_in: seconds, scope: 'system/Task.rs' },
});

async function open(answer: (heard: Heard, count: number) => Answer | Promise<Answer> = (_, n) => granted(n)) {
  now = START;
  const server = await scripted(answer);
  tokens = server;
  const common = { fetch, clock: () => now, tokenUrl: async () => `${server.url}/token`, scope: 'system/*.rs' };
  return { server, common, auth: clientSecret({ ...common, clientId: 'lk', clientSecret: 's3cret' }) };
}

const passTo = (seconds: number) => {
  now = plusMs(START, seconds * 1000);
};

function gate() {
  let letGo: () => void = () => undefined;
  const opened = new Promise<void>(go => {
    letGo = go;
  });
  return { opened, letGo };
}

describe('a token', () => {
  const LIVES: [lifetime: number, keptUntil: number][] = [
    [3600, 3570],
    [300, 270],
    [60, 30],
    [40, 20],
    [20, 10],
    [1, 0.5],
  ];
  test.each(LIVES)('of %d s is asked for once, however many wait, and kept for %d s', async (lifetime, kept) => {
    const { server, auth } = await open((_, n) => granted(n, lifetime));
    const all = await Promise.all(Array.from({ length: 50 }, () => auth.authorization()));
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
    passTo(kept - 0.001);
    expect(await auth.authorization()).toBe('Bearer token-1');
    passTo(kept);
    expect(await Promise.all([auth.authorization(), auth.authorization()])).toEqual(Array(2).fill('Bearer token-2'));
    expect(server.heard).toHaveLength(2);
  });

  test('says what came with it', async () => {
    const { server, auth } = await open();
    const about = { tokenUrl: `${server.url}/token`, seconds: 300, scope: 'system/Task.rs' };
    expect(await auth.granted()).toMatchObject(about);
  });

  test('that could not be had is asked for again', async () => {
    const { auth } = await open((_, n) => (n === 1 ? { status: 503 } : granted(n)));
    expect(await failure(auth.authorization())).toMatchObject({ code: 'token', retry: 'later' });
    expect(await auth.authorization()).toBe('Bearer token-2');
  });

  const RENEWALS: [name: string, answer: Answer, at: number, status: number | undefined][] = [
    ['is used to its end while the endpoint is away', { status: 503 }, 299.999, undefined],
    ['is not used past its end', { status: 503 }, 300, 503],
    ['is not used where a new one is refused', { status: 401, body: { error: 'invalid_client' } }, 299.999, 401],
  ];
  test.each(RENEWALS)('%s', async (_, answer, at, status) => {
    const { auth } = await open((_heard, n) => (n === 1 ? granted(n) : answer));
    await auth.authorization();
    passTo(at);
    if (status) expect(await failure(auth.authorization())).toMatchObject({ code: 'token', status });
    else expect(await auth.authorization()).toBe('Bearer token-1');
  });

  test('that was replaced meanwhile takes its successor with it no more', async () => {
    const { server, auth } = await open();
    const old = await auth.authorization();
    auth.invalidate(old);
    expect(await auth.authorization()).toBe('Bearer token-2');
    auth.invalidate(old);
    expect(await auth.authorization()).toBe('Bearer token-2');
    expect(server.heard).toHaveLength(2);
  });
});

describe('a 401 of the EHR', () => {
  test('that meets many under way has one new token fetched, and each is repeated once', async () => {
    const { server: endpoint, auth } = await open();
    // Nobody is answered before all have come, so that none of them has seen the new token.
    let come = 0;
    const { opened: allCame, letGo } = gate();
    const { client, server } = await against(
      async ({ headers }) => {
        if (headers.authorization !== 'Bearer token-1') return { status: 200, body: appointment };
        come += 1;
        if (come === 20) letGo();
        await allCame;
        return { status: 401 };
      },
      'generic',
      { auth },
    );
    const all = await Promise.all(Array.from({ length: 20 }, () => client.read('Appointment', '9')));
    expect(new Set(all.map(one => one.outcome))).toEqual(new Set(['found']));
    expect([server.heard.length, endpoint.heard.length]).toEqual([40, 2]);
  });

  test('that comes late, for the old token, leaves the new one alone', async () => {
    const { server: endpoint, auth } = await open();
    const { opened: held, letGo } = gate();
    const { client } = await against(
      async ({ headers, url }) => {
        if (headers.authorization !== 'Bearer token-1')
          return { status: 200, body: { ...appointment, id: url.at(-1) } };
        if (url.endsWith('8')) await held;
        return { status: 401 };
      },
      'generic',
      { auth },
    );
    const late = client.read('Appointment', '8');
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
    letGo();
    expect((await late).outcome).toBe('found');
    expect(endpoint.heard).toHaveLength(2);
  });

  test('to a new token too is an error, and no loop', async () => {
    const { server: endpoint, auth } = await open();
    const { client, server } = await against(() => ({ status: 401 }), 'generic', { auth });
    expect((await failure(client.read('Appointment', '9'))).code).toBe('unauthorized');
    expect([server.heard.length, endpoint.heard.length]).toEqual([2, 2]);
  });

  test('after another trouble is met with a new token as well', async () => {
    const { auth } = await open();
    const answers = [503, 401, 200];
    const { client } = await against((_, n) => ({ status: answers[n - 1] ?? 500, body: appointment }), 'generic', {
      auth,
    });
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
  });

  test('to a token that was given stays one', async () => {
    const { client, server } = await against(() => ({ status: 401 }), 'generic', { auth: bearer('fixed') });
    expect((await failure(client.read('Appointment', '9'))).code).toBe('unauthorized');
    expect(server.heard).toHaveLength(2);
  });

  test('of the token endpoint is not tried again: that could lock the client out', async () => {
    const { server, auth } = await open(() => ({ status: 401, body: { error: 'invalid_client' } }));
    const { client } = await against(() => ({ status: 200, body: appointment }), 'generic', { auth });
    expect(await failure(client.read('Appointment', '9'))).toMatchObject({ code: 'token', retry: 'never' });
    expect(server.heard).toHaveLength(1);
  });
});

describe('clocks', () => {
  const SKEWS: [ahead: number, says: string | undefined][] = [
    [-600, 'Its clock is 600 seconds behind ours'],
    [-31, 'Its clock is 31 seconds behind ours'],
    [-30, undefined],
    [0, undefined],
    [30, undefined],
    [600, 'Its clock is 600 seconds ahead of ours'],
  ];
  test.each(SKEWS)('an assertion refused by a server %d s ahead: %s', async (ahead, says) => {
    const date = new Date(Date.parse(START) + ahead * 1000).toUTCString();
    const refused = { status: 401, headers: { date }, body: { error: 'invalid_client' } };
    const { common, auth } = await open(() => refused);
    const key = await newKey('ES384', START);
    const signed = backendServices({ ...common, clientId: 'lk', signingKey: () => key, newId: () => '1' });
    const { message } = await failure(signed.authorization());
    expect(message).toMatch(/^The token endpoint answered 401: invalid_client\./);
    if (says) expect(message).toContain(says);
    else expect(message).not.toContain('clock');
    // A shared secret has no age.
    expect((await failure(auth.authorization())).message).not.toContain('clock');
  });
});

import { exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import type { EhrAuth } from '../../sync/fhir/auth/auth.ts';
import { backendServices } from '../../sync/fhir/auth/backend-services.ts';
import { bearer } from '../../sync/fhir/auth/bearer.ts';
import { clientSecret } from '../../sync/fhir/auth/client-secret.ts';
import { discoveredTokenUrl, discoverSmart } from '../../sync/fhir/auth/discovery.ts';
import { against, appointment, failure } from './support/against.ts';
import { type Answer, type Heard, type Scripted, scripted } from './support/script.ts';

let now: Instant;
let tokens: Scripted | undefined;
afterEach(async () => {
  await tokens?.close();
  tokens = undefined;
});

const keys: Record<string, Awaited<ReturnType<typeof generateKeyPair>>> = {};
beforeAll(async () => {
  for (const alg of ['RS384', 'ES384']) keys[alg] = await generateKeyPair(alg, { extractable: true });
});

const granted = (n: number): Answer => ({
  status: 200,
  body: { access_token: `token-${n}`, token_type: 'bearer', expires_in: 300 },
});

async function tokenServer(answer: (heard: Heard, count: number) => Answer = (_, n) => granted(n)) {
  now = '2026-11-21T15:30:00.000Z';
  const server = await scripted(answer);
  tokens = server;
  const tokenUrl = `${server.url}/auth/token`;
  return {
    server,
    common: { fetch, clock: () => now, tokenUrl: async () => tokenUrl, scope: 'system/*.rs' },
    tokenUrl,
  };
}

const secretAuth = (common: Awaited<ReturnType<typeof tokenServer>>['common']): EhrAuth =>
  clientSecret({ ...common, clientId: 'loop keeper', clientSecret: 'a:b%c' });

describe('backend services', () => {
  test.each(['RS384', 'ES384'] as const)('signs with %s exactly what the standard asks for', async alg => {
    const { server, common, tokenUrl } = await tokenServer();
    const pair = keys[alg]!;
    let id = 0;
    const privateKey = { ...(await exportJWK(pair.privateKey)), kid: 'k1' };
    const auth = backendServices({ ...common, clientId: 'lk', privateKey, alg, newId: () => `jti-${++id}` });
    expect(await auth.authorization()).toBe('Bearer token-1');
    auth.invalidate();
    expect(await auth.authorization()).toBe('Bearer token-2');
    const assertions = server.heard.map(h => new URLSearchParams(h.body).get('client_assertion') ?? '');
    const seen = await Promise.all(assertions.map(a => jwtVerify(a, pair.publicKey, { currentDate: new Date(now) })));
    expect(seen.map(s => s.payload.jti)).toEqual(['jti-1', 'jti-2']);
    expect(seen[0]?.protectedHeader).toEqual({ alg, kid: 'k1', typ: 'JWT' });
    expect(seen[0]?.payload).toMatchObject({ iss: 'lk', sub: 'lk', aud: tokenUrl });
    expect((seen[0]?.payload.exp ?? 0) * 1000 - Date.parse(now)).toBe(240_000);
  });

  test('a key without a kid is refused before anything is sent', async () => {
    const { common } = await tokenServer();
    const privateKey = await exportJWK(keys.ES384!.privateKey);
    const open = () => backendServices({ ...common, clientId: 'lk', privateKey, alg: 'ES384', newId: () => '1' });
    expect(open).toThrow('kid');
  });
});

describe('the token', () => {
  test('is asked for once, however many wait, and kept until 30 s before its end', async () => {
    const { server, common } = await tokenServer();
    const auth = secretAuth(common);
    const all = await Promise.all(Array.from({ length: 50 }, () => auth.authorization()));
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
    now = '2026-11-21T15:34:29.999Z';
    expect(await auth.authorization()).toBe('Bearer token-1');
    now = '2026-11-21T15:34:30.000Z';
    expect(await auth.authorization()).toBe('Bearer token-2');
    expect(server.heard).toHaveLength(2);
  });

  test('a failed request is not remembered', async () => {
    const { common } = await tokenServer((_, n) => (n === 1 ? { status: 503 } : granted(n)));
    const auth = secretAuth(common);
    expect(await failure(auth.authorization())).toMatchObject({ code: 'token', retry: 'later' });
    expect(await auth.authorization()).toBe('Bearer token-2');
  });

  test('the client secret travels in the header, encoded as RFC 6749 says', async () => {
    const { server, common } = await tokenServer();
    await secretAuth(common).authorization();
    const basic = server.heard[0]?.headers.authorization?.replace('Basic ', '') ?? '';
    expect(Buffer.from(basic, 'base64').toString()).toBe('loop+keeper:a%3Ab%25c');
    expect(server.heard[0]?.body).not.toContain('a%3Ab');
  });

  test.each([
    ['an OAuth error', { status: 400, body: { error: 'invalid_client' } }, 'never', 'invalid_client'],
    [
      'an error with a secret in it',
      { status: 400, body: { error: 's3cret', hint: 's3cret' } },
      'never',
      'no usable answer',
    ],
    [
      'a token of another kind',
      { status: 200, body: { access_token: 's3cret', token_type: 'mac' } },
      'never',
      'no usable answer',
    ],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'never', '302'],
  ])('%s', async (_, answer, retry, says) => {
    const { common } = await tokenServer(() => answer);
    const error = await failure(secretAuth(common).authorization());
    expect(error).toMatchObject({ code: 'token', retry });
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('s3cret');
  });

  test('a 401 of the EHR fetches a new token once, and the second 401 is an error', async () => {
    const { common } = await tokenServer();
    const auth = secretAuth(common);
    const { client, server, closeServer } = await against(
      heard =>
        heard.headers.authorization === 'Bearer token-2' ? { status: 200, body: appointment } : { status: 401 },
      'sandbox',
      { auth },
    );
    expect((await client.read('Appointment', '9')).outcome).toBe('found');
    expect(server.heard.map(h => h.headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    await closeServer();
    const fixed = await against(() => ({ status: 401 }), 'sandbox', { auth: bearer('fixed') });
    expect((await failure(fixed.client.read('Appointment', '9'))).code).toBe('unauthorized');
    expect(fixed.server.heard).toHaveLength(2);
  });
});

describe('discovery', () => {
  const configuration = (token_endpoint: string) => ({ status: 200, body: { token_endpoint, capabilities: [] } });

  test('is found below a base with a path, and a relative endpoint resolves against it', async () => {
    const { server } = await tokenServer(() => configuration('../token'));
    const found = await discoverSmart(`${server.url}/fhir/R4`, fetch);
    expect(server.heard[0]?.url).toBe('/fhir/R4/.well-known/smart-configuration');
    expect(found?.token_endpoint).toBe(`${server.url}/fhir/token`);
  });

  test('a server without it has none, and the operator is told what to do', async () => {
    const { server } = await tokenServer(() => ({ status: 404 }));
    expect(await discoverSmart(server.url, fetch)).toBeUndefined();
    expect((await failure(discoveredTokenUrl(server.url, fetch)())).message).toContain('set it in the configuration');
  });

  test.each(['ftp://x/token', 'javascript:alert(1)'])('a token endpoint %s is refused', async endpoint => {
    const { server } = await tokenServer(() => configuration(endpoint));
    expect((await failure(discoverSmart(server.url, fetch))).code).toBe('token');
  });
});

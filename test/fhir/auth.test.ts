import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import type { EhrAuth } from '../../sync/fhir/auth/auth.ts';
import { backendServices } from '../../sync/fhir/auth/backend-services.ts';
import { basic } from '../../sync/fhir/auth/basic.ts';
import { clientSecret } from '../../sync/fhir/auth/client-secret.ts';
import { discoveredTokenUrl, discoverSmart } from '../../sync/fhir/auth/discovery.ts';
import { publishedKeys } from '../../sync/fhir/auth/keys.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';
import { failure } from './support/against.ts';
import { type Answer, type Heard, type Scripted, scripted } from './support/script.ts';

let now: Instant;
let tokens: Scripted | undefined;
afterEach(async () => {
  await tokens?.close();
  tokens = undefined;
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
    const key = await newKey(alg, now);
    let id = 0;
    const auth = backendServices({
      ...common,
      clientId: 'lk',
      signingKey: () => key,
      newId: () => `jti-${++id}`,
    });
    expect(await auth.authorization()).toBe('Bearer token-1');
    auth.invalidate('Bearer token-1');
    expect(await auth.authorization()).toBe('Bearer token-2');
    const published = createLocalJWKSet(publishedKeys([key], now));
    const assertions = server.heard.map(h => new URLSearchParams(h.body).get('client_assertion') ?? '');
    const seen = await Promise.all(assertions.map(a => jwtVerify(a, published, { currentDate: new Date(now) })));
    expect(seen.map(s => s.payload.jti)).toEqual(['jti-1', 'jti-2']);
    expect(seen[0]?.protectedHeader).toEqual({ alg, kid: key.kid, typ: 'JWT' });
    expect(seen[0]?.payload).toMatchObject({ iss: 'lk', sub: 'lk', aud: tokenUrl });
    const { iat = 0, exp = 0 } = seen[0]?.payload ?? {};
    expect([iat * 1000 - Date.parse(now), exp * 1000 - Date.parse(now)]).toEqual([-30_000, 240_000]);
  });
});

test('a name and a password travel as RFC 7617 says, in UTF-8', async () => {
  const value = await basic('front desk', 'pass:wörd').authorization();
  expect(Buffer.from(value?.replace('Basic ', '') ?? '', 'base64').toString()).toBe('front desk:pass:wörd');
});

describe('the token', () => {
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
      'a token that is no header',
      { status: 200, body: { access_token: 's3cret\nx', token_type: 'bearer' } },
      'never',
      'no usable answer',
    ],
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

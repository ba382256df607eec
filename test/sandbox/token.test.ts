import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestbed, type Testbed } from './testbed.ts';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

let registered: Record<'RS384' | 'ES384', Keys>;
let stranger: Keys;
let ehr: Testbed;

beforeAll(async () => {
  registered = { RS384: await generateKeyPair('RS384'), ES384: await generateKeyPair('ES384') };
  stranger = await generateKeyPair('ES384');
});

beforeEach(async () => {
  const jwk = async (alg: 'RS384' | 'ES384') => ({
    ...(await exportJWK(registered[alg].publicKey)),
    alg,
    kid: alg,
    use: 'sig',
  });
  ehr = await openTestbed({
    auth: { clientId: 'loopkeeper', jwks: { keys: [await jwk('RS384'), await jwk('ES384')] } },
  });
});
afterEach(() => ehr.close());

const tokenUrl = () => new URL('/auth/token', ehr.base).href;
const seconds = () => Math.floor(Date.parse(ehr.now()) / 1000);
let jti = 0;

interface Claims extends JWTPayload {
  alg?: 'RS384' | 'ES384';
  key?: Keys;
}

const assertion = ({ alg = 'ES384', key = registered[alg], ...claims }: Claims = {}) => {
  const defaults = { iss: 'loopkeeper', sub: 'loopkeeper', aud: tokenUrl(), exp: seconds() + 240, jti: `jti-${jti++}` };
  return new SignJWT({ ...defaults, ...claims }).setProtectedHeader({ alg, kid: alg, typ: 'JWT' }).sign(key.privateKey);
};

async function ask(jwt: string, more: Record<string, string> = {}) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/Appointment.rs system/Communication.cruds',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt,
    ...more,
  });
  const response = await fetch(tokenUrl(), { method: 'POST', body: form });
  const body: Record<string, string | number> = JSON.parse(await response.text());
  return { status: response.status, body };
}

test('the SMART configuration names the token endpoint, without a token', async () => {
  const answer = await ehr.request('GET', '.well-known/smart-configuration');
  expect(JSON.parse(answer.text)).toMatchObject({
    token_endpoint: tokenUrl(),
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
  });
});

test.each(['RS384', 'ES384'] as const)(
  'a client that signs with %s gets in for 300 seconds of the clock',
  async alg => {
    const { status, body } = await ask(await assertion({ alg }));
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 300,
        scope: 'system/Appointment.rs system/Communication.cruds',
      },
    ]);
    const headers = { Authorization: `Bearer ${body.access_token}` };
    expect((await ehr.request('GET', 'Appointment', undefined, headers)).status).toBe(200);
    ehr.advance(299_999);
    expect((await ehr.request('GET', 'Appointment', undefined, headers)).status).toBe(200);
    ehr.advance(1);
    expect((await ehr.request('GET', 'Appointment', undefined, headers)).status).toBe(401);
  },
);

test.each([
  ['no token', undefined],
  ['a token nobody gave', 'Bearer invented'],
  ['another scheme', 'Basic YTpi'],
])('%s gives 401', async (_name, authorization) => {
  const answer = await ehr.request('GET', 'Patient', undefined, authorization ? { Authorization: authorization } : {});
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(answer.outcome().issue[0]?.code).toBe('login');
});

test('the CapabilityStatement is open, and says how to get in', async () => {
  const answer = await ehr.request('GET', 'metadata');
  expect(answer.status).toBe(200);
  expect(answer.text).toContain(tokenUrl());
});

const scoped: [string, string, string, object | undefined, number][] = [
  ['system/Patient.rs', 'GET', 'Patient/a', undefined, 200],
  ['system/Patient.rs', 'GET', 'Patient', undefined, 200],
  ['system/Patient.r', 'GET', 'Patient', undefined, 403],
  ['system/Patient.r', 'GET', 'Patient/_history', undefined, 403],
  ['system/Patient.r', 'GET', 'Patient/a/_history', undefined, 200],
  ['system/Patient.rs', 'GET', 'Task', undefined, 403],
  ['system/Patient.rs', 'PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' }, 403],
  ['system/Patient.rs system/*.cud', 'PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' }, 200],
  ['system/Patient.read', 'DELETE', 'Patient/a', undefined, 403],
  ['system/*.write', 'DELETE', 'Patient/a', undefined, 200],
  ['system/*.rs', 'POST', 'Patient', { resourceType: 'Patient' }, 403],
];

test.each(scoped)('a token for %s may %s %s %j: %#', async (scope, method, path, body, status) => {
  await ehr.store.create({ resourceType: 'Patient', id: 'a' });
  const token = (await ask(await assertion(), { scope })).body.access_token;
  const answer = await ehr.request(method, path, body, { Authorization: `Bearer ${token}` });
  expect(answer.status).toBe(status);
});

test('the entries of a Bundle need their own scopes', async () => {
  const token = (await ask(await assertion(), { scope: 'system/Patient.cruds' })).body.access_token;
  const send = (...urls: string[]) => {
    const entry = urls.map(url => ({ request: { method: 'GET' as const, url } }));
    const headers = { Authorization: `Bearer ${token}` };
    return ehr.request('POST', '', { resourceType: 'Bundle', type: 'batch', entry }, headers);
  };
  expect((await send('Patient?active=true')).status).toBe(200);
  expect((await send('Patient?active=true', 'Task')).status).toBe(403);
});

const wrong: [string, () => Claims][] = [
  ['a key that is not registered', () => ({ key: stranger })],
  ['another issuer', () => ({ iss: 'other' })],
  ['another subject', () => ({ sub: 'other' })],
  ['another audience', () => ({ aud: `${tokenUrl()}/` })],
  ['several audiences', () => ({ aud: [tokenUrl(), 'https://other.example'] })],
  ['an assertion that has expired', () => ({ exp: seconds() })],
  ['an assertion that lives longer than five minutes', () => ({ exp: seconds() + 301 })],
  ['no exp', () => ({ exp: undefined })],
  ['no jti', () => ({ jti: undefined })],
];

test.each(wrong)('%s is refused as invalid_client', async (_name, claims) => {
  const { status, body } = await ask(await assertion(claims()));
  expect([status, body.error]).toEqual([401, 'invalid_client']);
});

test('an assertion works only once', async () => {
  const jwt = await assertion();
  expect((await ask(jwt)).status).toBe(200);
  expect((await ask(jwt)).body.error).toBe('invalid_client');
});

test.each([
  ['another grant', { grant_type: 'authorization_code' }, 400, 'invalid_request'],
  ['another kind of assertion', { client_assertion_type: 'x' }, 400, 'invalid_request'],
  ['a scope of a user', { scope: 'user/Patient.rs' }, 400, 'invalid_scope'],
  ['a scope without a right', { scope: 'system/Patient.' }, 400, 'invalid_scope'],
  ['no JWT', { client_assertion: 'nonsense' }, 401, 'invalid_client'],
])('%s is refused', async (_name, more, status, error) => {
  const answer = await ask(await assertion(), more);
  expect([answer.status, answer.body.error]).toEqual([status, error]);
});

test('tokens can be refused on purpose', async () => {
  ehr.faults.refuseTokens = true;
  expect((await ask(await assertion())).body.error).toBe('invalid_client');
});

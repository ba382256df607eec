import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findText } from '../../sync/channels/twilio/find.ts';
import { twilioRequest } from '../../sync/channels/twilio/request.ts';
import { checkClock } from '../../sync/cli/doctor-ehr.ts';
import { openReport } from '../../sync/cli/doctor-report.ts';
import { readConfig } from '../../sync/config.ts';
import { checkContent } from '../../sync/domain/content/check-content.ts';
import { clientSecret } from '../../sync/fhir/auth/client-secret.ts';
import { discoveredTokenUrl } from '../../sync/fhir/auth/discovery.ts';
import { ownUrl } from '../../sync/fhir/exchange.ts';
import { decode } from '../../sync/fhir/notification/decode.ts';
import { parseReference } from '../../sync/fhir/reference.ts';
import { listener } from '../cli/hears.ts';
import { against, failure, task } from '../fhir/support/against.ts';
import { testClient } from '../fhir/support/client.ts';
import { backport, delivery, event } from '../fhir/support/deliveries.ts';
import { scripted } from '../fhir/support/script.ts';

const BASE = 'https://ehr.example.org/fhir';
const TOKEN = 'https://ehr.example.org/token';

/** Whoever is asked, in order; each answers what `answers` says, else a token. */
function net(answers: Record<string, unknown> = {}) {
  const asked: string[] = [];
  const granted = { access_token: 'token', token_type: 'bearer' };
  const fetcher: typeof fetch = async input => {
    asked.push(String(input));
    return Response.json(answers[String(input)] ?? granted);
  };
  return { asked, fetch: fetcher };
}

/** Ways to say another address than the EHR's, for a link in what the EHR says. */
const ELSEWHERE = [
  ['another host', 'https://evil.example/fhir'],
  ['the same name, unencrypted', 'http://ehr.example.org/fhir'],
  ['another port', 'https://ehr.example.org:8443/fhir'],
  ['a host below', 'https://x.ehr.example.org/fhir'],
  ['a name that begins alike', 'https://ehr.example.org.evil.example/fhir'],
  ['a trailing dot', 'https://ehr.example.org./fhir'],
  ['the EHR as a user name', 'https://ehr.example.org@evil.example/fhir'],
  ['the EHR as name and password', 'https://ehr.example.org:443@evil.example/fhir'],
  ['no scheme', '//evil.example/fhir'],
  ['backslashes for slashes', '\\\\evil.example\\fhir'],
  ['a scheme with backslashes', 'https:\\\\evil.example\\fhir'],
  ['loopback', 'http://127.0.0.1/fhir'],
  ['loopback by name', 'https://localhost/fhir'],
  ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data'],
  ['the same as one number', 'http://2852039166/'],
  ['the same in IPv6', 'http://[::ffff:169.254.169.254]/'],
  ['a file', 'file:///etc/passwd'],
  ['a script', 'javascript:alert(1)'],
  ['tabs and line ends inside', 'https://evil\t.exa\nmple/'],
] as const;

describe('what the EHR says leads nowhere else', () => {
  test.each(ELSEWHERE)('a next link: %s', (_, link) => {
    // As `pages` does it: the link against the page it stood on.
    expect(() => ownUrl(BASE, new URL(link, `${BASE}/Appointment`).href)).toThrow('was not followed');
  });

  test.each([
    ['a user before the EHR', 'https://x@ehr.example.org/fhir?page=2'],
    ['a password before the EHR', 'https://x:y@ehr.example.org/fhir?page=2'],
    ['no address at all', 'https://['],
  ])('a next link that nobody could fetch ends the search at once: %s', async (_, next) => {
    const link = [{ relation: 'next', url: next }];
    const { asked, fetch } = net({ [`${BASE}/Appointment`]: { resourceType: 'Bundle', type: 'searchset', link } });
    const read = async () => {
      for await (const _ of testClient(BASE, { fetch }).client.pages('Appointment', { fresh: false }));
    };
    const error = await failure(read());
    expect([error.code, error.retry, asked]).toEqual(['foreign-link', 'never', [`${BASE}/Appointment`]]);
  });

  test.each(['https://EHR.example.org/fhir?page=2', 'https://ehr.example.org:443/fhir?page=2'])(
    'and the EHR written otherwise is still the EHR: %s',
    link => {
      expect(ownUrl(BASE, link)).toBe('https://ehr.example.org/fhir?page=2');
    },
  );

  test.each(ELSEWHERE)('a reference in a hook: %s', (_, link) => {
    expect(parseReference(`${link}/Appointment/9`, BASE).kind).not.toBe('ours');
    const heard = decode(delivery('POST', '', backport('event-notification', [event('1', `${link}/Appointment/9`)])), {
      baseUrl: BASE,
      eventNumbers: 'cumulative',
    });
    expect('refs' in heard ? heard.refs : []).toEqual([]);
  });

  test('a Location names an id, and no place', async () => {
    const evil = await scripted(() => ({ status: 200, body: {} }));
    const { client, server } = await against(({ method }) =>
      method === 'POST'
        ? { status: 201, headers: { location: `${evil.url}/fhir/Task/77` } }
        : { status: 200, body: { ...task, id: '77' } },
    );
    await client.create(task);
    await client.read('Task', '77');
    expect(server.heard.at(-1)?.url).toBe('/fhir/Task/77');
    expect(evil.heard).toEqual([]);
    await evil.close();
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%i) of any request is not followed', async status => {
    const evil = await scripted(() => ({ status: 200, body: {} }));
    const { client, server } = await against(() => ({ status, headers: { location: `${evil.url}/fhir` } }));
    const secret = { clientId: 'a', clientSecret: 'b', scope: 'c', fetch, clock: () => '2026-11-21T15:30:00.000Z' };
    const config = readConfig({ EHR_BASE_URL: server.url });
    const token = (tokenUrl: () => Promise<string>) => clientSecret({ ...secret, tokenUrl }).authorization();
    await Promise.all([
      failure(client.read('Task', '77')),
      failure(client.create(task)),
      failure(client.capability()),
      failure(token(async () => `${server.url}/token`)),
      failure(token(discoveredTokenUrl(server.url, fetch))),
      checkClock(config, openReport(listener())),
    ]);
    expect(evil.heard).toEqual([]);
    await evil.close();
  });
});

describe('a token endpoint that the EHR names', () => {
  const CLOUD = 'http://169.254.169.254/token';
  const PUBLIC_HTTP = 'http://ehr.example.org/fhir';
  const HERE = 'http://127.0.0.1:8080/fhir';
  test.each<[name: string, base: string, endpoint: string, taken: boolean]>([
    ['the EHR itself', BASE, TOKEN, true],
    ['another path by a relative link', BASE, '../token', true],
    ['another port of the EHR', BASE, 'https://ehr.example.org:8443/token', true],
    ['an authorization server on another host', BASE, 'https://authorization.example.com/token', true],
    ['backslashes to another host, which is an https address like any other', BASE, '\\\\auth.example\\token', true],
    ['in capitals, with a dot behind', BASE, 'HTTPS://EHR.EXAMPLE.ORG./token', true],
    ['unencrypted', BASE, 'http://ehr.example.org/token', false],
    ['with a user', BASE, 'https://ehr.example.org@evil.example/token', false],
    ['with a password', BASE, 'https://a:b@ehr.example.org/token', false],
    ['the metadata of a cloud', BASE, CLOUD, false],
    ['the same by https', BASE, 'https://169.254.169.254/token', false],
    ['the same as one number', BASE, 'https://2852039166/token', false],
    ['the same in hexadecimal', BASE, 'https://0xa9fea9fe/token', false],
    ['the same in octal', BASE, 'https://0251.0376.0251.0376/token', false],
    ['the same in IPv6', BASE, 'https://[::ffff:169.254.169.254]/token', false],
    ['the same behind NAT64', BASE, 'https://[64:ff9b::a9fe:a9fe]/token', false],
    ['the same by its name', BASE, 'https://metadata.google.internal/token', false],
    ['link-local in IPv6', BASE, 'https://[fe80::1]/token', false],
    ['nobody', BASE, 'https://0.0.0.0/token', false],
    ['loopback', BASE, 'https://127.0.0.1/token', false],
    ['loopback, shortened', BASE, 'https://127.1/token', false],
    ['loopback in IPv6', BASE, 'https://[::1]/token', false],
    ['loopback by name', BASE, 'https://localhost/token', false],
    ['loopback by name, with a dot', BASE, 'https://LOCALHOST./token', false],
    ['below localhost', BASE, 'https://x.localhost/token', false],
    ['a private address', BASE, 'https://10.1.2.3/token', false],
    ['another', BASE, 'https://172.31.0.1/token', false],
    ['a third', BASE, 'https://192.168.1.1/token', false],
    ['a private address in IPv6', BASE, 'https://[fd00::1]/token', false],
    ["a carrier's address", BASE, 'https://100.64.0.1/token', false],
    ['a name of one word', BASE, 'https://keycloak/token', false],
    ['just outside of what is private', BASE, 'https://172.32.0.1/token', true],
    ['an EHR on this machine may name it', HERE, 'http://127.0.0.1:9090/token', true],
    ['and what lies beside it', HERE, 'http://keycloak:8080/token', true],
    ['and the open net', HERE, 'https://authorization.example.com/token', true],
    ['and yet no metadata', HERE, CLOUD, false],
    ['an EHR in our net may name another', 'https://hapi.corp/fhir', 'https://10.0.0.7/token', true],
    ['which has to be encrypted as the EHR is', 'https://hapi.corp/fhir', 'http://10.0.0.7/token', false],
    ['an unencrypted EHR of the open net names nothing inside', PUBLIC_HTTP, 'http://10.0.0.7/token', false],
    ['nor metadata', PUBLIC_HTTP, CLOUD, false],
    ['a file', BASE, 'file:///etc/passwd', false],
    ['nothing', BASE, 'https://', false],
  ])('%s', async (_, baseUrl, token_endpoint, taken) => {
    const discovery = `${baseUrl}/.well-known/smart-configuration`;
    const { asked, fetch } = net({ [discovery]: { token_endpoint, jwks_uri: 'https://evil.example/jwks' } });
    const auth = clientSecret({
      fetch,
      clock: () => '2026-11-21T15:30:00.000Z',
      tokenUrl: discoveredTokenUrl(baseUrl, fetch),
      clientId: 'a',
      clientSecret: 'b',
      scope: 'c',
    });
    const found = await auth.authorization().catch(error => error.code);
    expect([found, asked.length]).toEqual(taken ? ['Bearer token', 2] : ['token', 1]);
    expect(asked).not.toContain('https://evil.example/jwks');
  });
});

test('a further page that the provider of texts names is not asked for', async () => {
  const { asked, fetch } = net();
  const account = { accountSid: 'AC1', authToken: 'x', baseUrl: 'https://api.example.com', timeoutMs: 1000 };
  const listing = { messages: [], next_page_uri: 'https://evil.example/2010-04-01' };
  const request = twilioRequest(account, async (input, init) => {
    await fetch(input, init);
    return Response.json(listing);
  });
  const message = { to: '+13125550101', body: 'x', medium: 'sms', reference: 'm' } as const;
  expect(await findText(request, message, '2026-11-21T15:30:00.000Z')).toEqual({ outcome: 'unknown' });
  expect(asked.map(url => new URL(url).host)).toEqual(['api.example.com']);
});

test.each<[name: string, link: string, leaves: boolean]>([
  ['the host of the practice', 'https://video.riverside.example/v/1', true],
  ['unencrypted', 'http://video.riverside.example/v/1', false],
  ['another host', 'https://evil.example/v/1', false],
  ['the host as a user name', 'https://video.riverside.example@evil.example/v/1', false],
  ['a user name before the host', 'https://x@video.riverside.example/v/1', false],
  ['another port', 'https://video.riverside.example:8443/v/1', false],
  ['a trailing dot', 'https://video.riverside.example./v/1', false],
  ['a name that begins alike', 'https://video.riverside.example.evil.example/', false],
  ['a backslash before another host', 'https:\\\\evil.example\\video.riverside.example', false],
  ['no scheme', '//evil.example/v/1', false],
  ['a bare name', 'evil.example/v/1', false],
])('a link in a text leads to the hosts of clinic.yaml alone: %s', (_, link, leaves) => {
  const found = checkContent({
    body: `Join: ${link}`,
    medium: 'sms',
    class: 'routine',
    terms: [],
    allowedNames: [],
    phones: [],
    hosts: ['video.riverside.example'],
  });
  expect(found.map(({ code }) => code)).toEqual(leaves ? [] : expect.arrayContaining(['link']));
});

/** Whoever adds a place here says above what keeps it from being led elsewhere, or that nobody but the operator names it. */
test('nothing else of the service asks anybody anything', () => {
  const root = resolve(import.meta.dirname, '../../sync');
  const asks = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .filter(name =>
      /\bfetch(er)?\(|from 'node:(https|tls|dgram|http2)'|\b(connect|httpRequest)\(\s*\{/.test(
        readFileSync(join(root, name), 'utf8'),
      ),
    );
  expect(asks.sort()).toEqual([
    'channels/twilio/request.ts', // The base is the operator's, the paths are ours.
    'cli/doctor-ehr.ts', // The EHR's base.
    'cli/explain.ts', // This very machine.
    'cli/knock.ts', // Our own addresses.
    'fhir/auth/discovery.ts', // Below the EHR's base.
    'fhir/auth/token-request.ts', // The operator's, or as above.
    'fhir/certificate.ts', // The EHR's base and our own; no word is sent.
    'fhir/exchange.ts', // As above.
  ]);
});

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAuth } from '../../sync/cli/doctor-auth.ts';
import { openReport } from '../../sync/cli/doctor-report.ts';
import { readConfig } from '../../sync/config.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { SECRETS } from '../../sync/environment.ts';
import { type PrivateKey, publishedKeys } from '../../sync/fhir/auth/keys.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';
import { type Answer, type Heard, type Scripted, scripted } from '../fhir/support/script.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { listener, scratch } from './hears.ts';

const { folder } = scratch();
const keyFile = join(folder, 'key.json');
let key: PrivateKey;
let ehr: SandboxEhr;
let office: Listening;
let scope: string | undefined;
let hostile: Scripted;

beforeAll(async () => {
  key = await newKey('RS384', '2026-01-01T00:00:00.000Z');
  writeFileSync(keyFile, JSON.stringify({ keys: [key] }), { mode: 0o600 });
  const jwks = publishedKeys([key], systemClock());
  ehr = await openSandboxEhr({
    clock: systemClock,
    baseUrl: () => `${office.url}/fhir`,
    auth: { clientId: 'us', jwks },
  });
  office = await listen(ehr.app);
  hostile = await scripted(heard => (heard.url === '/narrow' ? narrow() : echo(heard)));
});
afterAll(async () => {
  await ehr.stop();
  await office.close();
  await hostile.close();
});

const narrow = (): Answer => ({
  status: 200,
  body: { access_token: 'CANARY-access', token_type: 'bearer', expires_in: 120, scope },
});

/** Whatever it is told it says again, in every field that somebody might print. */
function echo({ headers, body, url }: Heard): Answer {
  const said = `${headers.authorization} ${body} ${JSON.stringify(headers)}`;
  if (url.startsWith('/token')) return { status: 400, body: { error: said, error_description: said } };
  const issue = [
    { severity: 'error', code: said, diagnostics: said, details: { text: said, coding: [{ code: said }] } },
  ];
  return { status: 401, headers: { 'www-authenticate': said }, body: { resourceType: 'OperationOutcome', issue } };
}

async function checked(env: Record<string, string>): Promise<string> {
  const out = listener();
  const usual = { EHR_BASE_URL: `${office.url}/fhir`, EHR_CLIENT_ID: 'us', EHR_PRIVATE_KEY_FILE: keyFile };
  const believed = await checkAuth(readConfig({ ...usual, ...env }), openReport(out));
  return `${out.text()}\n${believed ? 'believed' : 'not believed'}`;
}

const SIGNED = { EHR_AUTH: 'backend-services' };
const SAID: [name: string, env: () => Record<string, string>, lines: RegExp][] = [
  ['none', () => ({}), /^ok {4}EHR_AUTH is none: nothing tells the EHR who we are\.\nbelieved$/],
  ['bearer', () => ({ EHR_AUTH: 'bearer', EHR_TOKEN: 'x' }), /^ok {4}EHR_AUTH is bearer: .*never renewed\.\nbelieved$/],
  ['basic', () => ({ EHR_AUTH: 'basic', EHR_USER: 'u', EHR_PASSWORD: 'x' }), /^ok {4}EHR_AUTH is basic: .*\nbelieved$/],
  [
    'backend-services',
    () => SIGNED,
    /^ok {4}EHR_AUTH is backend-services\.\nok {4}The key 2026-01-01-\S+ \(RS384\) signs\.\nok {4}The token endpoint at 127\.0\.0\.1:\d+ gave a token for 300 seconds\.\nok {4}Scopes: granted as asked for, system\/\*\.cruds\.\nbelieved$/,
  ],
  [
    'a key that the EHR does not know',
    () => ({ ...SIGNED, EHR_CLIENT_ID: 'somebody' }),
    /^fail {2}The token endpoint answered 401: invalid_client\.\n {6}→ Look at EHR_AUTH.*fetches from http:\/\/127\.0\.0\.1:8080\/\.well-known\/jwks\.json, while the service runs there, or was given\.\nnot believed$/m,
  ],
  [
    'a scope that nobody gives',
    () => ({ ...SIGNED, EHR_SCOPE: 'user/nothing' }),
    /^fail {2}The token endpoint answered 400: invalid_scope\./m,
  ],
  [
    'a token endpoint that is not there',
    () => ({ ...SIGNED, EHR_TOKEN_URL: 'http://127.0.0.1:9/token' }),
    /^fail {2}The token endpoint did not answer\.\n {6}→ Is EHR_BASE_URL right.*EHR_TOKEN_URL/m,
  ],
  ['no key file', () => ({ ...SIGNED, EHR_PRIVATE_KEY_FILE: '/nowhere' }), /^fail {2}EHR_PRIVATE_KEY_FILE: \/nowhere /],
];
it.each(SAID)('says how we prove who we are, and whether that is believed: %s', async (_, env, lines) => {
  expect(await checked(env())).toMatch(lines);
});

const SCOPES: [granted: string | undefined, line: RegExp][] = [
  [
    undefined,
    /^ok {4}Scopes: it does not say which it granted; asked for was system\/Task\.rs system\/Patient\.rs\.$/m,
  ],
  ['system/Patient.rs system/Task.rs', /^ok {4}Scopes: granted as asked for/m],
  ['system/Patient.rs', /^warn {2}Scopes: asked for was system\/Task\.rs; granted is system\/Patient\.rs\.\n {6}→/m],
  ['<b>CANARY</b>', /^warn {2}Scopes: .*; granted is nothing\.$/m],
];
it.each(SCOPES)('compares the scopes: %s', async (granted, line) => {
  scope = granted;
  const secret = {
    EHR_AUTH: 'client-secret',
    EHR_CLIENT_SECRET: 'CANARY-secret',
    EHR_TOKEN_URL: `${hostile.url}/narrow`,
  };
  const said = await checked({ ...secret, EHR_SCOPE: 'system/Task.rs system/Patient.rs' });
  expect(said).toMatch(line);
  expect(said).not.toContain('CANARY');
});

const MAIN = new URL('../../sync/cli/main.ts', import.meta.url).pathname;

/** Everything it says, in a shell of its own: the log of what is tried again goes to standard error. */
const doctor = (env: Record<string, string>): Promise<string> =>
  new Promise(done => {
    const options = { cwd: new URL('../../', import.meta.url).pathname, env: { PATH: process.env.PATH, ...env } };
    execFile(process.execPath, [MAIN, 'doctor'], options, (_, out, err) => done(out + err));
  });

const CANARIES = {
  ...Object.fromEntries(SECRETS.map(name => [name, `CANARY-${name}-0123`])),
  DATABASE_URL: 'postgres://us:CANARY-of-the-database@127.0.0.1:9/none',
};
/** As it is, in a form, and within a pair of HTTP Basic wherever that begins. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  ...[0, 1, 2].map(shift =>
    Buffer.from(`${' '.repeat(shift)}${secret}`)
      .toString('base64')
      .slice(4, -4),
  ),
];

it.each(['bearer', 'basic', 'client-secret', 'backend-services'])(
  'the doctor says no secret, whatever the EHR says back: %s',
  async kind => {
    const said = await doctor({
      ...CANARIES,
      EHR_AUTH: kind,
      EHR_BASE_URL: hostile.url,
      EHR_TOKEN_URL: `${hostile.url}/token`,
      EHR_CLIENT_ID: 'us',
      EHR_USER: 'us',
      EHR_PRIVATE_KEY_FILE: keyFile,
      LOOPKEEPER_LOG: 'debug',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_FROM: '+15555550100',
      TWILIO_BASE_URL: hostile.url,
      TWILIO_BAA: 'Twilio;2026-01-31;contract 43',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: '9',
      SMTP_SECURITY: 'none',
      SMTP_USER: 'us',
      SMTP_FROM: 'desk@practice.example',
      SMTP_BAA: 'Relay;2026-01-31;contract 44',
    });
    expect(said).toMatch(/\d checks: [3-9] failed/);
    const parts = key.kty === 'RSA' ? [key.d, key.p, key.q, key.dp, key.dq, key.qi] : [key.d];
    expect(said).not.toContain('CANARY');
    for (const secret of [...Object.values(CANARIES), ...parts])
      for (const form of formsOf(secret)) expect(said).not.toContain(form);
  },
);

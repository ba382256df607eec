import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { baaOf, ConfigMistakes, ehrOf, readConfig } from '../../sync/config.ts';
import { Environment, SECRETS } from '../../sync/environment.ts';
import { scratch } from './hears.ts';

const mistakesOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return error instanceof ConfigMistakes ? error.sentences : [String(error)];
  }
};

const WRONG: [name: string, value: string, sentence: string][] = [
  ['LOOPKEEPER_PORT', 'abc', 'LOOPKEEPER_PORT must be a number, such as 8080.'],
  ['LOOPKEEPER_PORT', '80.5', 'LOOPKEEPER_PORT must be a whole number, such as 8080.'],
  ['LOOPKEEPER_PORT', '70000', 'LOOPKEEPER_PORT must be 65535 or less.'],
  ['LOOPKEEPER_POLL_SECONDS', '1', 'LOOPKEEPER_POLL_SECONDS must be 5 or more.'],
  ['LOOPKEEPER_MODE', 'live', 'LOOPKEEPER_MODE must be one of production, test.'],
  ['EHR_BASE_URL', 'ehr.example', 'EHR_BASE_URL must be an address that begins with http:// or https://.'],
  ['EHR_BASE_URL', 'https://us:CANARY@ehr.example', 'EHR_BASE_URL must not hold a name or a password.'],
  ['EHR_TOKEN_URL', 'https://CANARY@x.example', 'EHR_TOKEN_URL must not hold a name or a password.'],
  ['EHR_TOKEN', 'CANARY CANARY', 'EHR_TOKEN must be one word of plain characters.'],
  ['EHR_USER', 'CANARY:x', 'EHR_USER must not hold a colon.'],
  ['DATABASE_URL', 'mysql://us:CANARY@x', 'DATABASE_URL must begin with postgres://.'],
  [
    'DATABASE_URL',
    'postgres://us:CANARY#1@x/y',
    'DATABASE_URL is no address; in its password, write # as %23, / as %2F and ? as %3F.',
  ],
  ['EHR_HOOK_SECRET', 'CANARY', 'EHR_HOOK_SECRET must have 16 to 200 letters, digits, `.`, `-` or `_`.'],
  ['EHR_ID', 'Our EHR', 'EHR_ID must be small letters, digits and hyphens.'],
  ['SMTP_FROM', 'nobody', 'SMTP_FROM must be an e-mail address.'],
];
it.each(WRONG)('says in a sentence what is wrong with %s=%s', (name, value, sentence) => {
  expect(mistakesOf({ [name]: value })).toEqual([sentence]);
});

const ELSEWHERE = 'https://ehr.example/fhir';
const TOGETHER: [name: string, env: Record<string, string>, sentences: string[]][] = [
  [
    'basic without a name',
    { EHR_AUTH: 'basic' },
    ['EHR_USER is needed, because EHR_AUTH is basic.', 'EHR_PASSWORD is needed, because EHR_AUTH is basic.'],
  ],
  [
    'no proof in production',
    { LOOPKEEPER_MODE: 'production', EHR_BASE_URL: ELSEWHERE },
    [expect.stringMatching(/^EHR_AUTH is none, which in production is for an EHR on this very machine alone/)],
  ],
  ['no proof in a test', { EHR_BASE_URL: ELSEWHERE }, []],
  ['no proof on this machine', { LOOPKEEPER_MODE: 'production', EHR_BASE_URL: 'http://127.0.0.1:8090/fhir' }, []],
  ['no EHR', { LOOPKEEPER_MODE: 'production' }, []],
];
it.each(TOGETHER)('judges what must go together: %s', (_, env, sentences) => {
  expect(mistakesOf(env)).toEqual(sentences);
});

describe('secrets from files', () => {
  const { folder, file } = scratch();
  const [token, empty] = [file('token', 'CANARY-from-a-file\n'), file('empty', '\n')];

  it('are read without the end of the last line', () => {
    expect(readConfig({ EHR_AUTH: 'bearer', EHR_TOKEN_FILE: token }).environment.EHR_TOKEN).toBe('CANARY-from-a-file');
    const password = file('password', ' a b \r\n');
    expect(readConfig({ SMTP_PASSWORD_FILE: password }).environment.SMTP_PASSWORD).toBe(' a b ');
  });

  it('are all that is secret, by name', () => {
    const secret = Object.keys(Environment.shape).filter(name => /(TOKEN|SECRET|PASSWORD)$|^DATABASE_URL$/.test(name));
    expect([...SECRETS].sort()).toEqual(secret.sort());
  });

  const WRONG_FILES: [env: Record<string, string>, sentence: string][] = [
    [{ EHR_TOKEN: 'x', EHR_TOKEN_FILE: token }, 'EHR_TOKEN and EHR_TOKEN_FILE are both set; keep one of them.'],
    [{ EHR_TOKEN_FILE: `${folder}/none` }, `EHR_TOKEN_FILE: ${folder}/none cannot be read.`],
    [{ EHR_TOKEN_FILE: folder }, `EHR_TOKEN_FILE: ${folder} cannot be read.`],
    [{ EHR_TOKEN_FILE: empty }, `EHR_TOKEN_FILE: ${empty} is empty.`],
    [{ DATABASE_URL_FILE: token }, 'DATABASE_URL must begin with postgres://.'],
  ];
  it.each(WRONG_FILES)('%j is told in a sentence, and nothing of what the file holds', (env, sentence) => {
    expect(mistakesOf(env)).toEqual([sentence]);
  });

  it('are told together with what else is wrong', () => {
    expect(mistakesOf({ EHR_TOKEN_FILE: empty, LOOPKEEPER_PORT: 'abc' })).toHaveLength(2);
  });
});

const EXAMPLE = new URL('../../.env.example', import.meta.url).pathname;

it('offers an example that can be used as it is, by Node and by a shell', () => {
  const config = readConfig(parseEnv(readFileSync(EXAMPLE, 'utf8')) as Record<string, string>);
  expect(ehrOf(config)).toBe('https://ehr.example.org/fhir/R4');
  expect(baaOf(config.environment.EHR_BAA)).toEqual({
    vendor: 'Example EHR',
    signedOn: '2026-01-31',
    reference: 'contract 42',
  });
  const sourced = execFileSync('sh', ['-c', 'set -e; . "$0"; printf %s "$EHR_BAA"', EXAMPLE], { encoding: 'utf8' });
  expect(sourced).toBe(config.environment.EHR_BAA);
  // The demonstration keeps its own.
  expect(config.environment.LOOPKEEPER_STATE).not.toBe(readConfig({}).environment.LOOPKEEPER_STATE);
});

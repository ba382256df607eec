import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { baaOf, ConfigMistakes, ehrOf, readConfig } from '../../sync/config.ts';

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
  ['EHR_ID', 'Our EHR', 'EHR_ID must be small letters, digits and hyphens.'],
  ['SMTP_FROM', 'nobody', 'SMTP_FROM must be an e-mail address.'],
];
it.each(WRONG)('says in a sentence what is wrong with %s=%s', (name, value, sentence) => {
  expect(mistakesOf({ [name]: value })).toEqual([sentence]);
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

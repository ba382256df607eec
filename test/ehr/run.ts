import { spawnSync } from 'node:child_process';

/**
 * `npm run test:ehr -- --url <FHIR base> [--profile <id>]`, besides whatever vitest takes. Vitest refuses options that are
 * not its own. An argument and not a variable, so that nobody's own EHR_BASE_URL is ever written to by a test.
 */
const OURS: Record<string, string> = { '--url': 'LOOPKEEPER_TEST_EHR', '--profile': 'EHR_PROFILE' };
const environment: Record<string, string | undefined> = { ...process.env, LOOPKEEPER_TEST_EHR: undefined };
const rest: string[] = [];
for (let words = process.argv.slice(2); words.length > 0; ) {
  const [word = '', value = ''] = words;
  const name = OURS[word];
  if (name && !value) throw new Error(`${word} needs a value.`);
  if (name) environment[name] = value;
  else rest.push(word);
  words = words.slice(name ? 2 : 1);
}
const given = ['run', '--config', 'test/ehr/vitest.config.ts', '--root', '.', ...rest];
const { status } = spawnSync('vitest', given, { stdio: 'inherit', env: environment });
process.exitCode = status ?? 1;

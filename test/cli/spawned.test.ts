import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Resource } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { openSandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { NOW, PATIENT, scratch, VISIT } from './hears.ts';

const MAIN = new URL('../../sync/cli/main.ts', import.meta.url).pathname;
const ROOT = new URL('../../', import.meta.url).pathname;

const { folder, file } = scratch();

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** As an operator types it, in a shell of their own. */
const loopkeeper = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise(done => {
    const options = { cwd: ROOT, env: { PATH: process.env.PATH, LOOPKEEPER_STATE: join(folder, 'state'), ...env } };
    execFile(process.execPath, [MAIN, ...args], options, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });

const ana = file('ana.json', PATIENT);
const visit = file('visit.json', VISIT);
const nothing = file('nothing.json', 'not json');

const TYPED: [args: string[], env: Record<string, string>, code: number, sentence: RegExp][] = [
  [['--help'], {}, 0, /Exit codes: 0 done/],
  [['plan', '--from', ana, visit, '--now', NOW], {}, 0, /3 messages to send/],
  [['plan', '--from', nothing], {}, 1, /It is not JSON[\s\S]*Nothing that was given could be used/],
  [['plan', '--from', ana, visit, nothing, '--now', NOW], {}, 3, /3 messages to send[\s\S]*It is not JSON/],
  [['plan'], {}, 3, /Nothing has been read yet.*EHR_BASE_URL/],
  [['plan', '--now', 'tomorrow'], {}, 2, /`tomorrow` is no moment in time/],
  [['nonsense'], {}, 2, /unknown command/],
  [
    ['status'],
    { LOOPKEEPER_PORT: 'many', DATABASE_URL: 'mysql://x' },
    2,
    /LOOPKEEPER_PORT[\s\S]*DATABASE_URL|DATABASE_URL[\s\S]*LOOPKEEPER_PORT/,
  ],
  [['status'], { LOOPKEEPER_PORT: 'abc' }, 2, /LOOPKEEPER_PORT must be a number, such as 8080\.\n/],
  [['status'], {}, 1, /There is no database in the folder .*state\. Is LOOPKEEPER_STATE right\?/],
  [['sweep'], {}, 2, /EHR_BASE_URL is not set/],
  [['release', '1'], {}, 2, /EHR_BASE_URL is not set/],
  [['subscriptions', 'status'], {}, 2, /EHR_BASE_URL is not set/],
];

it.each(TYPED)('%j', async (args, env, code, sentence) => {
  const ran = await loopkeeper(args, env);
  expect(ran.out + ran.err).toMatch(sentence);
  expect(ran.code).toBe(code);
  expect(ran.err).not.toMatch(/\n\s+at /);
});

it.each([
  { args: ['plan', '--help'], code: 0 },
  { args: ['plan', '--from', ana, visit, nothing, '--now', NOW], code: 3 },
])('goes on to its end when nobody reads on: $args', async ({ args, code }) => {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT });
  child.stdout.destroy();
  const exit = once(child, 'exit');
  expect(await text(child.stderr)).not.toMatch(/EPIPE/);
  expect(await exit).toEqual([code, null]);
});

it.runIf(existsSync('/dev/full'))('fails where its answer cannot be written', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [MAIN, 'plan', '--from', ana, visit, '--now', NOW], {
    cwd: ROOT,
    stdio: ['ignore', full, 'pipe'],
  });
  const exit = once(child, 'exit');
  expect(await text(child.stderr as Readable)).toBe('The answer could not be written (ENOSPC).\n');
  expect(await exit).toEqual([1, null]);
  closeSync(full);
});

it('reads `.env` where npm runs it, and the service does not start without an EHR', async () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const reading = Object.keys(scripts).filter(name => scripts[name].includes('--env-file-if-exists=.env'));
  expect(reading).toEqual(['service', 'loopkeeper']);
  const { folder: mine, file: put } = scratch();
  put('.env', 'LOOPKEEPER_PORT="many"\n');
  const ended = (script: string): Promise<Ran> =>
    new Promise(done => {
      const [, ...args] = scripts[script].split(' ').map((word: string) => word.replace(/^sync\//, `${ROOT}sync/`));
      execFile(process.execPath, args, { cwd: mine, env: { PATH: process.env.PATH } }, (error, out, err) =>
        done({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  const unusable = { code: 2, err: expect.stringContaining('LOOPKEEPER_PORT must be a number, such as 8080.') };
  expect(await ended('service')).toMatchObject(unusable);
  put('.env', `LOOPKEEPER_STATE=${join(mine, 'state')}\n`);
  expect(await ended('service')).toMatchObject({ code: 2, err: expect.stringContaining('EHR_BASE_URL is not set') });
  expect(existsSync(join(mine, 'state'))).toBe(false);
});

it('sweeps into a database of its own, which the next command finds', async () => {
  let office: Listening | undefined;
  const ehr = await openSandboxEhr({ clock: () => NOW, baseUrl: () => `${office?.url}/fhir` });
  office = await listen(ehr.app);
  for (const resource of [PATIENT, VISIT]) await ehr.store.create(resource as Resource);
  const swept = await loopkeeper(['sweep'], { EHR_BASE_URL: `${office.url}/fhir` });
  await ehr.stop();
  await office.close();
  expect([swept.code, swept.out]).toEqual([0, 'The EHR was read: 2 new.\n']);
  const planned = await loopkeeper(['plan']);
  expect([planned.code, planned.out, planned.err]).toEqual([0, expect.stringMatching(/1 patient, 1 visit\./), '']);
  const asked = await loopkeeper(['explain', 'Appointment/unknown']);
  expect([asked.code, asked.err]).toEqual([1, expect.stringMatching(/has never seen Appointment\/unknown/)]);
});

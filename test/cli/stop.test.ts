import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Patient } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { openSandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { freePort } from '../support/free-port.ts';
import { NOW, PATIENT, scratch } from './hears.ts';

const MAIN = new URL('../../sync/main.ts', import.meta.url).pathname;
const { folder } = scratch();

it('stops within ten seconds though the EHR keeps it waiting', async () => {
  let office: Listening | undefined;
  let isHanging = false;
  const hung = Promise.withResolvers<void>();
  const ehr = await openSandboxEhr({ clock: () => NOW, baseUrl: () => `${office?.url}/fhir` });
  await ehr.store.create(PATIENT as Patient);
  office = await listen((request, response) => {
    if (isHanging) hung.resolve();
    else ehr.app(request, response);
  });
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      EHR_BASE_URL: `${office.url}/fhir`,
      LOOPKEEPER_STATE: join(folder, 'state'),
      LOOPKEEPER_PORT: String(await freePort()),
      LOOPKEEPER_POLL_SECONDS: '5',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(JSON.parse(line).message);
    if (said.at(-1) !== 'Loopkeeper is up.') continue;
    isHanging = true;
    void hung.promise.then(() => child.kill('SIGTERM'));
  }
  expect(await exit).toEqual([0, null]);
  expect(said.slice(-2)).toEqual(['Stopping.', 'Not all work ended in time; the next start goes on with it.']);
  await ehr.stop();
  await office.close();
});

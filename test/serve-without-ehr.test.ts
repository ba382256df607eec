import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import winston from 'winston';
import { readConfig } from '../sync/config.ts';
import { receive } from '../sync/reconcile/answer.ts';
import { drain } from '../sync/reconcile/sweep.ts';
import { serve } from '../sync/serve.ts';
import { openDemoClock } from './sandbox/demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './sandbox/ehr.ts';
import { type Listening, listen } from './sandbox/listen.ts';
import { freePort } from './support/free-port.ts';

const ANA = '+13125550101';
const clock = openDemoClock({ base: () => '2026-11-23T16:00:00.000Z' });
let ehr: SandboxEhr;
let office: Listening;
let folder: string;
let isAway = false;
let port: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopkeeper-'));
  ehr = await openSandboxEhr({ clock: clock.now, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  port = String(await freePort());
});
afterAll(async () => {
  await ehr.stop();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = () =>
  serve(
    readConfig({
      LOOPKEEPER_STATE: folder,
      LOOPKEEPER_PORT: port,
      EHR_BASE_URL: `${office.url}/fhir`,
      EHR_HOOK_SECRET: 'a-secret-for-these-tests',
    }),
    {
      clock: clock.now,
      log: winston.createLogger({ silent: true }),
      sleep: async () => undefined,
      fetch: (input, init) => (isAway ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)),
    },
  );

it('does not start beside an EHR that it has never seen', async () => {
  isAway = true;
  await expect(start()).rejects.toThrow(/EHR/);
});

it('starts while an EHR that it knows is away, says that it is ready, and hears a STOP', async () => {
  isAway = false;
  await (await start()).stop();
  isAway = true;
  const running = await start();
  const ask = async (path: string) => {
    const response = await fetch(`${running.url}${path}`);
    return [response.status, await response.json()];
  };
  expect(running.service.connection.profile.id).toBe('sandbox');
  expect(await ask('/livez')).toEqual([200, { alive: true }]);
  expect(await ask('/readyz')).toEqual([200, { ready: true }]);
  await receive(running.service, {
    channel: 'phone-sms',
    providerId: 'in-1',
    medium: 'sms',
    from: ANA,
    to: '+13125550100',
    body: 'STOP',
    attachments: [],
    receivedAt: clock.now(),
  });
  await drain(running.service).catch(() => undefined);
  const stopped = await running.service.database.sql.selectFrom('opt_out').select(['address', 'kind']).execute();
  expect(stopped).toEqual([{ address: ANA, kind: 'opted-out' }]);
  await running.stop();
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Appointment } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import winston from 'winston';
import { runRotateSecret } from '../sync/cli/rotate-secret.ts';
import { readConfig } from '../sync/config.ts';
import { systemClock } from '../sync/domain/clock.ts';
import { subscribe } from '../sync/reconcile/subscriptions.ts';
import { type Running, serve } from '../sync/serve.ts';
import { listener } from './cli/hears.ts';
import { openSandboxEhr, type SandboxEhr } from './sandbox/ehr.ts';
import { type Listening, listen } from './sandbox/listen.ts';
import { ANA, person, visitOf } from './support/chart.ts';
import { freePort } from './support/free-port.ts';

const OLD = 'the-secret-of-the-first-days';
const NEW = 'the-secret-that-comes-instead';

let folder: string;
let file: string;
let ehr: SandboxEhr;
let office: Listening;
let running: Running | undefined;
const logged: string[] = [];

/** One service for all of them: its database takes seconds to make. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopkeeper-rotate-'));
  file = join(folder, 'hook-secret');
  writeFileSync(file, `${OLD}\n`);
  ehr = await openSandboxEhr({ clock: systemClock, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  await ehr.store.create(person('ana', ANA));
  await ehr.store.create(visitOf('one', ['ana'], '2026-12-25T17:00:00.000Z'));
  const env = {
    LOOPKEEPER_STATE: join(folder, 'state'),
    LOOPKEEPER_PORT: String(await freePort()),
    EHR_BASE_URL: `${office.url}/fhir`,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.stubEnv('EHR_HOOK_SECRET_FILE', file);
  await start();
});
beforeEach(async () => {
  vi.stubEnv('EHR_HOOK_SECRET_FILE', file);
  vi.stubEnv('EHR_HOOK_SECRET', undefined);
  writeFileSync(file, `${OLD}\n`, { mode: 0o640 });
  chmodSync(file, 0o640);
  if (running) await subscribe(running.service, { publicUrl: running.url, secret: OLD });
  await ehr.settle();
  logged.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await running?.stop();
  await ehr.stop();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const stream = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line));
      done();
    },
  });
  const log = winston.createLogger({ level: 'info', transports: [new winston.transports.Stream({ stream })] });
  running = await serve(readConfig(), { clock: systemClock, log });
  await ehr.settle();
}

async function rotate(options: { yes?: boolean } = {}): Promise<string> {
  const out = listener();
  await runRotateSecret(options, out, () => NEW).catch((error: Error) => out.line(error.message));
  await ehr.settle();
  return out.text();
}
const heard = async () =>
  (
    (await (await fetch(`${running?.url}/health`)).json()) as {
      secretsHeard: Record<string, { current: string; former: string }>;
    }
  ).secretsHeard.EHR_HOOK_SECRET;
const told = async (secret: string) =>
  (await ehr.store.search('Subscription')).filter(one => JSON.stringify(one).includes(secret)).length;
const knock = async (secret: string) =>
  (await fetch(`${running?.url}/hooks/fhir/ehr`, { method: 'POST', headers: { 'X-Loopkeeper-Secret': secret } }))
    .status;
const refused = () => logged.filter(line => line.includes('was refused'));

/** Somebody works in the EHR all along, and it announces each change. */
function practice() {
  let isOpen = true;
  let changes = 0;
  onTestFinished(() => {
    isOpen = false;
  });
  const day = (async () => {
    while (isOpen) {
      const visit = (await ehr.store.read('Appointment', 'one')) as Appointment;
      changes += 1;
      await ehr.store.update({ ...visit, comment: String(changes) });
      await ehr.settle();
    }
  })();
  return {
    async more() {
      const now = changes;
      await vi.waitFor(() => expect(changes).toBeGreaterThan(now + 3), { timeout: 30_000 });
    },
    async close() {
      isOpen = false;
      await day;
      return changes;
    },
  };
}

it('rotates while notifications come all along, and none is refused', async () => {
  const office = practice();
  await office.more();
  const first = await rotate();
  expect(first).toMatch(
    /^Wrote a new secret into .*\nTold the EHR the new secret: 6 Subscriptions\.\nOnce notifications/,
  );
  expect(readFileSync(file, 'utf8')).toBe(`${NEW},${OLD}\n`);
  expect(statSync(file).mode & 0o777, 'whoever could read it still can').toBe(0o640);
  expect([await told(NEW), await told(OLD)]).toEqual([6, 0]);
  await office.more();
  expect((await heard())?.former).not.toBeNull();
  expect((await heard())?.current).not.toBeNull();
  const early = await rotate();
  expect(early).toMatch(
    /^Two secrets are believed, and stay so\. A notification came with the former one at .*UTC\. Look again/,
  );
  expect(await office.close()).toBeGreaterThan(8);
  expect(refused()).toEqual([]);

  await running?.stop();
  await start();
  expect(await rotate()).toMatch(
    /No notification has come with the new one since the service started: change something/,
  );
  const again = practice();
  await again.more();
  const second = await rotate();
  expect(second).toMatch(/^Took the former secret out of .*hook-secret\. The service refuses it from now on\.$/);
  await again.more();
  await again.close();
  expect(refused()).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(`${NEW}\n`);
  expect([await knock(NEW), await knock(OLD)]).toEqual([200, 401]);
  for (const text of [first, early, second, ...logged])
    for (const secret of [OLD, NEW]) expect(text).not.toContain(secret);
});

it('tells the EHR nothing that the service would not believe', async () => {
  const own = join(folder, 'another');
  writeFileSync(own, OLD);
  vi.stubEnv('EHR_HOOK_SECRET_FILE', own);
  expect(await rotate()).toMatch(
    /\nThe service does not believe the new one, so the EHR was not told of it\. Does it read this very file\?/,
  );
  expect([await told(NEW), await told(OLD)]).toEqual([0, 6]);
});

it('says what to do where the secret is no file, and changes nothing', async () => {
  vi.stubEnv('EHR_HOOK_SECRET_FILE', undefined);
  vi.stubEnv('EHR_HOOK_SECRET', OLD);
  const said = await rotate();
  expect(said).toContain(`\n   EHR_HOOK_SECRET=${NEW},<what it is now>\n`);
  expect(said).not.toContain(OLD);
  expect([await told(NEW), await told(OLD)]).toEqual([0, 6]);
  vi.stubEnv('EHR_HOOK_SECRET', undefined);
  expect(await rotate()).toMatch(/EHR_HOOK_SECRET is not set, so there is nothing to rotate\./);
});

it('goes on with the secret it has while its file cannot be used, and says so once', async () => {
  writeFileSync(file, 'short');
  expect([await knock(OLD), await knock(OLD), await knock('short')]).toEqual([200, 200, 401]);
  expect(logged.filter(line => line.includes('"variable":"EHR_HOOK_SECRET_FILE"'))).toHaveLength(1);
  rmSync(file);
  expect(await knock(OLD)).toBe(200);
  writeFileSync(file, `${NEW},${OLD}`);
  expect([await knock(OLD), await knock(NEW)]).toEqual([200, 200]);
});

it('leaves the telling to the service that cannot be asked', async () => {
  await running?.stop();
  running = undefined;
  expect(await rotate()).toMatch(
    /could not be asked from here, so the EHR was not told of it now: the service tells it within five minutes/,
  );
  expect(await told(NEW)).toBe(0);
  expect(await rotate()).toMatch(
    /^Told the EHR the new secret: 6 Subscriptions\.\nTwo secrets .* The service could not be asked what/,
  );
  expect(await rotate({ yes: true })).toMatch(/^Took the former secret/);
});

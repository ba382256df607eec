import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Appointment, Communication } from '@medplum/fhirtypes';
import type { JSONWebKeySet } from 'jose';
import { sql as raw } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { runNew, runRotate } from '../sync/cli/keys.ts';
import { readConfig } from '../sync/config.ts';
import { release } from '../sync/reconcile/release.ts';
import { drain, pollOnce } from '../sync/reconcile/sweep.ts';
import { type Running, serve } from '../sync/serve.ts';
import { TwilioStandIn } from './channels/twilio-stand-in.ts';
import { listener } from './cli/hears.ts';
import { type DemoClock, openDemoClock } from './sandbox/demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './sandbox/ehr.ts';
import { type Listening, listen } from './sandbox/listen.ts';
import { freePort } from './support/free-port.ts';

/** Monday, ten in the morning in Chicago. */
const NOW = '2026-11-23T16:00:00.000Z';
const ANA = '+13125550101';
const HOOK_SECRET = 'a-secret-for-these-tests';
const FORMER_SECRET = 'the-secret-before-this-one';

let clock: DemoClock;
let ehr: SandboxEhr;
let office: Listening;
let twilio: TwilioStandIn;
let running: Running;
let folder: string;
let keyFile: string;
const logged: string[] = [];
/** Every token and password that we have shown to anybody. */
const shown = new Set<string>();
let tokensAsked = 0;
const noting: typeof fetch = (input, init) => {
  if (String(input).endsWith('/auth/token')) tokensAsked += 1;
  const value = new Headers(init?.headers).get('authorization');
  if (value) shown.add(value.replace(/^\w+ /, ''));
  return fetch(input, init);
};

beforeAll(async () => {
  clock = openDemoClock({ base: () => NOW });
  twilio = await TwilioStandIn.start(clock.now);
  folder = mkdtempSync(join(tmpdir(), 'loopkeeper-'));
  const port = await freePort();
  // The EHR knows us by the address of our keys alone: it has to find them before it answers anything.
  const jwks = new URL(`http://127.0.0.1:${port}/.well-known/jwks.json`);
  ehr = await openSandboxEhr({ clock: clock.now, baseUrl: () => `${office.url}/fhir`, auth: { clientId: 'us', jwks } });
  office = await listen(ehr.app);
  keyFile = join(folder, 'key.json');
  vi.stubEnv('EHR_PRIVATE_KEY_FILE', keyFile);
  await runNew({ alg: 'ES384' }, listener(), clock.now);
  await ehr.store.create({
    resourceType: 'Patient',
    id: 'ana',
    name: [{ given: ['Ana'], family: 'Zzcanary' }],
    birthDate: '1980-05-05',
    telecom: [{ system: 'phone', use: 'mobile', value: ANA }],
  });
  await ehr.store.create(visit('2026-11-25T16:30:00.000Z'));
  const config = readConfig({
    LOOPKEEPER_STATE: folder,
    LOOPKEEPER_PORT: String(port),
    LOOPKEEPER_ALLOW: ANA,
    EHR_BASE_URL: `${office.url}/fhir`,
    EHR_HOOK_SECRET: `${HOOK_SECRET},${FORMER_SECRET}`,
    EHR_AUTH: 'backend-services',
    EHR_CLIENT_ID: 'us',
    EHR_PRIVATE_KEY_FILE: keyFile,
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_FROM: twilio.sender,
    TWILIO_BASE_URL: twilio.baseUrl,
    TWILIO_BAA: 'Twilio;2026-01-31;contract 43',
  });
  twilio.inboundUrl = `${config.publicUrl}/hooks/twilio/inbound`;
  const stream = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line));
      done();
    },
  });
  const log = winston.createLogger({ level: 'debug', transports: [new winston.transports.Stream({ stream })] });
  running = await serve(
    config,
    { clock: clock.now, log, fetch: noting },
    { prepare: service => pollOnce(service, 'test').then(() => drain(service)) },
  );
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await running.stop();
  await twilio.stop();
  await ehr.stop();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the service as an operator starts it, with Twilio as its channel', () => {
  it('was let in for its key, with one token for all', () => {
    expect(tokensAsked).toBe(1);
  });

  it('sends the reminder by Twilio, and believes the signed report', async () => {
    clock.advance(3_600_000);
    await drain(running.service);
    expect(twilio.texts.map(text => [text.to, text.from])).toEqual([[ANA, twilio.sender]]);
    expect(twilio.texts[0]?.body).toMatch(/Ana's visit is Wed, Nov 25 at 10:30 AM.* Reply C/);
    await twilio.settle(twilio.texts[0]?.sid ?? '');
    await drain(running.service);
    const [said] = await chart();
    expect([said?.status, said?.payload?.[0]?.contentString]).toEqual(['completed', twilio.texts[0]?.body]);
  });

  it('takes the answer from the webhook, confirms the visit in the EHR and says so', async () => {
    await twilio.text(ANA, 'C');
    await drain(running.service);
    const appointment = (await ehr.store.read('Appointment', 'visit')) as Appointment;
    expect(appointment.participant[0]?.status).toBe('accepted');
    expect(twilio.texts.at(-1)?.body).toMatch(/You are confirmed for Wed, Nov 25/);
  });

  it('answers nothing after a STOP that Twilio has answered, and keeps silent from then on', async () => {
    const before = twilio.texts.length;
    await twilio.text(ANA, 'STOP');
    await drain(running.service);
    const appointment = (await ehr.store.read('Appointment', 'visit')) as Appointment;
    await ehr.store.update({ ...appointment, status: 'cancelled' });
    await ehr.settle();
    await drain(running.service);
    clock.advance(3_600_000);
    await drain(running.service);
    expect(twilio.texts.slice(before).map(text => text.body)).toEqual([]);
    const tasks = (await ehr.store.search('Task')).flatMap(task =>
      task.resourceType === 'Task' ? (task.code?.coding?.[0]?.code ?? '') : [],
    );
    expect(tasks).toEqual(['call-patient']);
  });

  it('shows its health and its counts to nobody’s harm', async () => {
    const health = await (await fetch(`${running.url}/health`)).json();
    expect(health).toMatchObject({ status: 'up', firstReadDone: true, brakes: 0, paused: false });
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toMatch(/loopkeeper_messages\{state="delivered"/);
    for (const text of [metrics, JSON.stringify(health), ...logged])
      expect(text).not.toMatch(/Zzcanary|Ana\b|3125550101/);
  });

  it('believes the secret of before while it changes, and tells the EHR the new one alone', async () => {
    const knock = async (secret: string) =>
      (await fetch(`${running.url}/hooks/fhir/ehr`, { method: 'POST', headers: { 'X-Loopkeeper-Secret': secret } }))
        .status;
    expect(await Promise.all([HOOK_SECRET, FORMER_SECRET, 'another-secret-altogether'].map(knock))).toEqual([
      200, 200, 401,
    ]);
    const told = JSON.stringify(await ehr.store.search('Subscription'));
    expect([told.includes(HOOK_SECRET), told.includes(FORMER_SECRET)]).toEqual([true, false]);
  });

  it('signs with the next key when its day has come, and nobody restarts anything', async () => {
    await runRotate(listener(), clock.now);
    const published = async () => {
      const set = (await (await fetch(`${running.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
      return set.keys.map(key => Object.keys(key).join());
    };
    expect(await published()).toEqual(Array(2).fill('kty,crv,x,y,kid,alg,use'));
    for (let hour = 0; hour < 26; hour++) clock.advance(3_600_000);
    expect((await running.service.connection.client.read('Patient', 'ana')).outcome).toBe('found');
    expect(await published()).toHaveLength(1);
  });

  it('keeps no secret: not in the database, not in the log, not in what it shows', async () => {
    expect(shown.size).toBeGreaterThan(2);
    const secrets = [HOOK_SECRET, FORMER_SECRET, twilio.authToken, ...shown, ...privateParts(keyFile)];
    const places = ['/health', '/metrics', '/', '/.well-known/jwks.json'];
    const seen = await Promise.all(places.map(async path => (await fetch(`${running.url}${path}`)).text()));
    const kept = await everyRow(running.service.database);
    expect(kept.join()).toContain('Patient/ana');
    for (const secret of secrets) for (const text of [...seen, ...logged, ...kept]) expect(text).not.toContain(secret);
    // It is in what the EHR was asked to send with each notification, so the search would find it where it is.
    const asked = await ehr.store.search('Subscription');
    expect(JSON.stringify(asked)).toContain(HOOK_SECRET);
  });

  it('shows a browser the way, and a program JSON', async () => {
    const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
    const start = await (await fetch(running.url, browser)).text();
    expect(start).toMatch(/<html lang="en">[\s\S]*<main><h1>Loopkeeper<[\s\S]*href="\/health"/);
    expect(await (await fetch(running.url)).json()).toEqual({ service: 'loopkeeper', places: ['/health', '/metrics'] });
    const nowhere = await fetch(`${running.url}/nowhere`, browser);
    expect([nowhere.status, await nowhere.text()]).toEqual([404, expect.stringContaining('<h1>There is nothing here')]);
  });

  it('has no other doors', async () => {
    expect((await fetch(`${running.url}/phone`)).status).toBe(404);
    expect(await (await fetch(`${running.url}/nowhere`)).json()).toEqual({ error: 'There is nothing here.' });
    expect((await fetch(`${running.url}/hooks/fhir/ehr`, { method: 'POST' })).status).toBe(401);
    expect((await fetch(`${running.url}/hooks/twilio/inbound`, { method: 'POST', body: 'From=1' })).status).toBe(401);
    await expect(release(running.service, 99, 'test')).resolves.toBe(0);
  });
});

const visit = (start: string): Appointment => ({
  resourceType: 'Appointment',
  id: 'visit',
  status: 'booked',
  start,
  end: '2026-11-25T17:00:00.000Z',
  participant: [
    { actor: { reference: 'Patient/ana' }, status: 'needs-action' },
    { actor: { reference: 'Practitioner/okafor' }, status: 'accepted' },
    { actor: { reference: 'Location/location-riverside' }, status: 'accepted' },
  ],
});

const chart = async (): Promise<Communication[]> =>
  (await ehr.store.search('Communication')).filter(
    (r): r is Communication & { id: string } => r.resourceType === 'Communication',
  );

const privateParts = (file: string): string[] =>
  JSON.parse(readFileSync(file, 'utf8')).keys.map((key: { d: string }) => key.d);

/** Every row of every table as text, the queue's too. */
async function everyRow({ sql }: Running['service']['database']): Promise<string[]> {
  const tables = await raw<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(sql);
  const rows = tables.rows.map(({ name }) =>
    raw<{ row: string }>`select t::text as row from ${raw.raw(name)} t`.execute(sql),
  );
  return (await Promise.all(rows)).flatMap(result => result.rows.map(({ row }) => row));
}

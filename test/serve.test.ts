import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Appointment, Communication } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import winston from 'winston';
import { readConfig } from '../sync/config.ts';
import { release } from '../sync/reconcile/release.ts';
import { drain, pollOnce } from '../sync/reconcile/sweep.ts';
import { type Running, serve } from '../sync/serve.ts';
import { TwilioStandIn } from './channels/twilio-stand-in.ts';
import { type DemoClock, openDemoClock } from './sandbox/demo-clock.ts';
import { openSandboxEhr, type SandboxEhr } from './sandbox/ehr.ts';
import { type Listening, listen } from './sandbox/listen.ts';

/** Monday, ten in the morning in Chicago. */
const NOW = '2026-11-23T16:00:00.000Z';
const ANA = '+13125550101';

let clock: DemoClock;
let ehr: SandboxEhr;
let office: Listening;
let twilio: TwilioStandIn;
let running: Running;
let folder: string;
const logged: string[] = [];

beforeAll(async () => {
  clock = openDemoClock({ base: () => NOW });
  ehr = await openSandboxEhr({ clock: clock.now, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  twilio = await TwilioStandIn.start(clock.now);
  folder = mkdtempSync(join(tmpdir(), 'loopkeeper-'));
  const port = await freePort();
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
    EHR_HOOK_SECRET: 'a-secret-for-these-tests',
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
    { clock: clock.now, log },
    { prepare: service => pollOnce(service, 'test').then(() => drain(service)) },
  );
});

afterAll(async () => {
  await running.stop();
  await twilio.stop();
  await ehr.stop();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the service as an operator starts it, with Twilio as its channel', () => {
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

async function freePort(): Promise<number> {
  const probe = await listen(() => undefined);
  await probe.close();
  return Number(new URL(probe.url).port);
}

import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { TwilioStandIn } from '../channels/twilio-stand-in.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { realSchedule } from '../sandbox/timers.ts';
import { type Hands, openClock } from './clock.ts';
import { type Door, openDoor } from './door.ts';
import type { Ground } from './ground.ts';
import { type ServiceProcess, startService } from './service.ts';

/** What the world outside sees of the service at work. */
export type Sign = 'call' | 'read' | 'text' | 'write';

/** All that outlives the service: the EHR, the provider, the public address, the clock. */
export interface World {
  ground: Ground;
  clock: Hands;
  ehr: SandboxEhr;
  twilio: TwilioStandIn;
  door: Door;
  /** Emits a Sign each time there is one. */
  signs: EventEmitter;
  /** Writes to the EHR that it has not answered yet. */
  writing: Set<object>;
  /** Brings a service up, for real: it opens its doors as `sync/main.ts` would. */
  start(): Promise<ServiceProcess>;
  close(): Promise<void>;
}

const SECRET = 'a-secret-for-the-hooks-of-torture';

export async function openWorld(ground: Ground): Promise<World> {
  const file = join(ground.folder, 'clock');
  const clock = openClock(file);
  const writing = new Set<object>();
  const signs = new EventEmitter();
  const sign = (one: Sign) => void signs.emit(one);
  let office: Listening | undefined;
  const ehr = await openSandboxEhr({ clock: clock.now, baseUrl: () => `${office?.url}/fhir`, schedule: realSchedule });
  office = await listen((request, response) => {
    const isWrite = request.method === 'POST' || request.method === 'PUT';
    if (isWrite) writing.add(response);
    sign(isWrite ? 'write' : 'read');
    response.once('close', () => writing.delete(response));
    ehr.app(request, response);
  });
  const twilio = await TwilioStandIn.start(clock.now);
  twilio.onRequest = method => (method === 'POST' ? sign('text') : undefined);
  const door = await openDoor(
    (path, body) => subjectsOf(ehr, path, body),
    () => sign('call'),
  );
  twilio.inboundUrl = `${door.url}/hooks/twilio/inbound`;
  const env = {
    ...ground.env,
    TORTURE_CLOCK: file,
    LOOPKEEPER_MODE: 'production',
    LOOPKEEPER_LOG: process.env.TORTURE_LOG ?? 'error',
    LOOPKEEPER_PUBLIC_URL: door.url,
    EHR_BASE_URL: `${office.url}/fhir`,
    EHR_PROFILE: 'sandbox',
    EHR_HOOK_SECRET: SECRET,
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_FROM: twilio.sender,
    TWILIO_BASE_URL: twilio.baseUrl,
    TWILIO_BAA: 'Twilio;2026-01-31;contract 43',
  };
  return {
    ground,
    clock,
    ehr,
    twilio,
    door,
    signs,
    writing,
    async start() {
      const port = await freePort();
      const service = startService({ ...env, LOOPKEEPER_PORT: String(port) });
      door.opensTo = `http://127.0.0.1:${port}`;
      return service;
    },
    async close() {
      door.opensTo = undefined;
      await ehr.stop();
      await Promise.all([office?.close(), door.close(), twilio.stop()]);
      await ground.remove();
    },
  };
}

/**
 * What a call asks the service to keep. A hook may tell of an older version, but whoever reads the record after the call
 * has come in reads this one.
 */
async function subjectsOf({ store }: SandboxEhr, path: string, body: string): Promise<string[]> {
  const form = new URLSearchParams(body);
  if (path.startsWith('/hooks/twilio/inbound')) return [`inbound ${form.get('MessageSid')}`];
  if (path.startsWith('/hooks/twilio/status')) return [`report ${form.get('MessageSid')} ${form.get('MessageStatus')}`];
  const named = new Set(body.match(/\bAppointment\/[\w-]+/g));
  return Promise.all(
    [...named].map(async name => {
      const record = await store.read('Appointment', name.slice('Appointment/'.length));
      return `${name} ${record.meta?.versionId}`;
    }),
  );
}

async function freePort(): Promise<string> {
  const probe = await listen(() => undefined);
  await probe.close();
  return new URL(probe.url).port;
}

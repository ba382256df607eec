import type { Appointment, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { readConfig } from '../../sync/config.ts';
import { connect } from '../../sync/connect.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';
import { openLog } from '../../sync/log.ts';
import type { Connection } from '../../sync/reconcile/connection.ts';
import { openSandboxEhr } from '../sandbox/ehr.ts';
import { listen } from '../sandbox/listen.ts';
import { realSchedule } from '../sandbox/timers.ts';

export const SECRET = 'correct-horse-battery';

/** One EHR under contract, as the service itself connects to it: by its address alone. */
export interface Ehr {
  name: string;
  connection: Connection;
  /** An id nobody else uses, even against a server that outlives the run. */
  newId(word: string): string;
  /** As the practice's own staff would, without our client. Answers with the status and what is stored. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Resource | undefined }>;
  /** Stores a visit, or changes one; its patient exists. */
  put(id: string, more?: Partial<Appointment>): Promise<Appointment>;
}

interface Kind {
  name: string;
  open(): Promise<{ baseUrl: string; close(): Promise<void> }>;
}

const hapi = inject('hapi');
const SANDBOX: Kind = { name: 'the sandbox', open: openSandbox };
const HAPI: Kind = {
  name: 'HAPI',
  open: async () => ({ baseUrl: 'baseUrl' in hapi ? hapi.baseUrl : '', close: async () => undefined }),
};

/** Runs the same cases against every EHR at hand. Without Java the ones on HAPI are shown as skipped, with the reason. */
export function onEveryEhr(concern: string, cases: (ehr: Ehr) => void): void {
  const missing = 'missing' in hapi ? hapi.missing : undefined;
  describe(`${concern}, on ${SANDBOX.name}`, () => cases(opened(SANDBOX)));
  describe.skipIf(missing)(`${concern}, on ${HAPI.name}${missing ? `: ${missing}` : ''}`, () => cases(opened(HAPI)));
}

/** What it has is there once the first test runs. */
function opened(kind: Kind): Ehr {
  const it: Partial<Ehr> = { name: kind.name };
  let close: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    const place = await kind.open();
    close = place.close;
    const config = readConfig({ EHR_BASE_URL: place.baseUrl, EHR_HOOK_SECRET: SECRET });
    const connection = await connect(config, { clock: systemClock, log: openLog('error', systemClock) });
    const run = Date.now().toString(36);
    let count = 0;
    const newId = (word: string) => `${word}-${run}-${++count}`;
    const ask = asker(place.baseUrl);
    const patient = newId('patient');
    await ask('PUT', `Patient/${patient}`, { resourceType: 'Patient', id: patient });
    const put = async (id: string, more: Partial<Appointment> = {}) => {
      const { status, body } = await ask('PUT', `Appointment/${id}`, visit(id, patient, more));
      if (status >= 300 || body?.resourceType !== 'Appointment')
        throw new Error(`The EHR answered ${status} to a visit.`);
      return body;
    };
    Object.assign(it, { connection, newId, ask, put });
  });
  afterAll(() => close());
  return it as Ehr;
}

async function openSandbox() {
  let baseUrl = '';
  const ehr = await openSandboxEhr({ clock: systemClock, baseUrl: () => baseUrl, schedule: realSchedule });
  const listening = await listen(ehr.app);
  baseUrl = `${listening.url}/fhir`;
  const close = async () => {
    await ehr.stop();
    await listening.close();
  };
  return { baseUrl, close };
}

const asker = (baseUrl: string) => async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${baseUrl}/${path}`, {
    method,
    headers: { 'content-type': 'application/fhir+json', prefer: 'return=representation' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as Resource) };
};

function visit(id: string, patient: string, more: Partial<Appointment>): Appointment {
  const start = plus(systemClock(), 'P3D');
  return {
    resourceType: 'Appointment',
    id,
    status: 'booked',
    start,
    end: plus(start, 'PT30M'),
    participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
    ...more,
  };
}

import type { Appointment } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Instant } from '../../../sync/domain/clock.ts';
import { plusMs } from '../../../sync/domain/time.ts';
import type { EhrClient } from '../../../sync/fhir/client.ts';
import { openSandboxEhr, type SandboxEhr } from '../../sandbox/ehr.ts';
import { noFaults } from '../../sandbox/faults.ts';
import { type Listening, listen } from '../../sandbox/listen.ts';
import { testClient } from './client.ts';

export interface Practice {
  ehr: SandboxEhr;
  url: string;
  client: EhrClient;
  now(): Instant;
  pass(ms: number): void;
  /** Called when our client has got any answer: the place to break something between two pages. */
  onAnswer: (() => void | Promise<void>) | undefined;
}

/** One sandbox EHR for a test file, over HTTP, with one clock for it and our client. Emptied of visits and faults between tests. */
export function practice(): Practice {
  let now: Instant = '2026-11-21T15:30:00.000Z';
  let listening: Listening | undefined;
  const base = () => `${listening?.url}/fhir`;
  const it: Partial<Practice> = {};
  const pass = (ms: number) => {
    now = plusMs(now, ms);
  };
  beforeAll(async () => {
    const ehr = await openSandboxEhr({ clock: () => now, baseUrl: base });
    listening = await listen(ehr.app);
    const sleep = async (ms: number) => pass(ms);
    const watched: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      // A page that had expired once has not expired for ever: the next walk meets a healthy server.
      if (response.status === 410) ehr.faults.expirePages = false;
      await it.onAnswer?.();
      return response;
    };
    const { client } = testClient(base(), { clock: () => now, sleep, fetch: watched });
    Object.assign(it, { ehr, url: base(), client });
  });
  afterEach(async () => {
    Object.assign(it.ehr?.faults ?? {}, noFaults());
    it.onAnswer = undefined;
    for (const { id } of (await it.ehr?.store.search('Appointment', '_count=1000')) ?? []) {
      await it.ehr?.store.delete('Appointment', id);
    }
    now = plusMs(now, 3_600_000);
  });
  afterAll(async () => {
    await it.ehr?.stop();
    await listening?.close();
  });
  return Object.assign(it as Practice, { now: () => now, pass });
}

export const PATIENT = 'Patient/pat-1';
export const PRACTITIONER = 'Practitioner/doc-1';

export function visit(id: string, start: Instant, more: Partial<Appointment> = {}): Appointment {
  return {
    resourceType: 'Appointment',
    id,
    status: 'booked',
    start,
    end: plusMs(start, 1_800_000),
    participant: [
      { actor: { reference: PATIENT }, status: 'accepted' },
      { actor: { reference: PRACTITIONER }, status: 'accepted' },
    ],
    ...more,
  };
}

import type { Appointment, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { systemClock } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';
import type { Connection } from '../../sync/reconcile/connection.ts';
import { openSandboxEhr } from '../sandbox/ehr.ts';
import { listen } from '../sandbox/listen.ts';
import { realSchedule } from '../sandbox/timers.ts';
import { collectingClient } from './collected.ts';
import { connectTo } from './connect-to.ts';
import { marked, markingClient } from './marked.ts';

/** One EHR under contract, as the service itself connects to it: by its address alone. */
export interface Ehr {
  name: string;
  connection: Connection;
  /** The tag of all that is written. */
  run: string;
  /** An id nobody else uses, even against a server that outlives the run. */
  newId(word: string): string;
  /** As the practice's own staff would, without our client. Answers with the status and what is stored. */
  ask(method: string, path: string, body?: Resource): Promise<{ status: number; body: Resource | undefined }>;
  /** Stores a visit, or changes one; its patient exists. */
  put(id: string, more?: Partial<Appointment>): Promise<Appointment>;
}

interface Kind {
  name: string;
  /** Why it is not at hand. */
  missing?: string | undefined;
  given?: boolean;
  /** Not recognised by what it says of itself, but named. */
  profile?: string;
  open(): Promise<{ baseUrl: string; close(): Promise<void> }>;
}

const hapi = inject('hapi');
const given = inject('given');
const there = (baseUrl: string) => async () => ({ baseUrl, close: async () => undefined });
const SANDBOX: Kind = { name: 'the sandbox', open: () => openSandbox('spec') };
const HAPI: Kind =
  hapi && 'baseUrl' in hapi
    ? { name: 'HAPI', open: there(hapi.baseUrl) }
    : { name: 'HAPI', open: there(''), missing: hapi?.missing };
const GIVEN: Kind = { name: 'the EHR that was given', open: there(given?.baseUrl ?? ''), given: true };

export interface Needs {
  /** It has to reach a door of ours. */
  hooks?: boolean;
  /** It does harm to others, or asks for what only our own servers are known to do. */
  own?: boolean;
}

/** Runs the same cases against every EHR at hand. What cannot be tested is shown as skipped, with the reason. */
export function onEveryEhr(concern: string, cases: (ehr: Ehr) => void, needs: Needs = {}): void {
  for (const kind of given ? [GIVEN] : [SANDBOX, HAPI]) {
    const missing = kind.missing ?? (kind.given ? whyNotThere(needs) : undefined);
    const name = `${concern}, on ${kind.name}${missing ? `: ${missing}` : ''}`;
    describe.skipIf(missing)(name, () => cases(opened(kind)));
  }
}

/** What only a server in a process of its own can suffer. */
export const onHapi = (concern: string, cases: (ehr: Ehr) => void): void => onOne(HAPI, concern, cases);

/** Its hooks look as Medplum's do, and it is taken for one. */
export const onMedplumStyle = (concern: string, cases: (ehr: Ehr) => void): void =>
  onOne(
    { name: 'the sandbox in the style of Medplum', open: () => openSandbox('medplum'), profile: 'medplum' },
    concern,
    cases,
  );

function onOne(kind: Kind, concern: string, cases: (ehr: Ehr) => void): void {
  const missing = given ? 'This is for servers of our own alone.' : kind.missing;
  describe.skipIf(missing)(`${concern}, on ${kind.name}${missing ? `: ${missing}` : ''}`, () => cases(opened(kind)));
}

function whyNotThere({ hooks, own }: Needs): string | undefined {
  if (own) return 'This is for servers of our own alone.';
  return hooks && !given?.reachesUs ? 'It cannot reach us.' : undefined;
}

/** What it has is there once the first test runs. */
function opened(kind: Kind): Ehr {
  const it: Partial<Ehr> = { name: kind.name };
  let close: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    const place = await kind.open();
    close = place.close;
    const { authorization, ...connection } = await connectTo(place.baseUrl, { profile: kind.profile });
    const run = inject('run');
    connection.client = collectingClient(markingClient(connection.client, run), inject('collected'));
    const begun = Date.now().toString(36);
    let count = 0;
    const newId = (word: string) => `${word}-${begun}-${++count}`;
    const ask = asker(place.baseUrl, authorization, run);
    const patient = newId('patient');
    await ask('PUT', `Patient/${patient}`, { resourceType: 'Patient', id: patient });
    const put = async (id: string, more: Partial<Appointment> = {}) => {
      const { status, body } = await ask('PUT', `Appointment/${id}`, visit(id, patient, more));
      if (status >= 300 || body?.resourceType !== 'Appointment')
        throw new Error(`The EHR answered ${status} to a visit.`);
      return body;
    };
    Object.assign(it, { connection, run, newId, ask, put });
  });
  afterAll(() => close());
  return it as Ehr;
}

async function openSandbox(hookStyle: 'spec' | 'medplum') {
  let baseUrl = '';
  const ehr = await openSandboxEhr({ clock: systemClock, baseUrl: () => baseUrl, schedule: realSchedule, hookStyle });
  const listening = await listen(ehr.app);
  baseUrl = `${listening.url}/fhir`;
  const close = async () => {
    await ehr.stop();
    await listening.close();
  };
  return { baseUrl, close };
}

const asker =
  (baseUrl: string, authorization: () => Promise<string | undefined>, run: string) =>
  async (method: string, path: string, body?: Resource) => {
    const proof = await authorization();
    const response = await fetch(`${baseUrl}/${path}`, {
      method,
      headers: {
        'content-type': 'application/fhir+json',
        prefer: 'return=representation',
        ...(proof ? { authorization: proof } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(marked(body, run)) }),
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

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../../sync/cli/failure.ts';
import { quietLog } from '../../sync/cli/open.ts';
import { type PlanOptions, runPlan } from '../../sync/cli/plan.ts';
import { hasPlanned } from '../../sync/cli/plan-database.ts';
import { readEhr } from '../../sync/cli/read-ehr.ts';
import { readConfig } from '../../sync/config.ts';
import { connect } from '../../sync/connect.ts';
import type { Strategy } from '../../sync/fhir/strategy.ts';
import type { Strategies } from '../../sync/reconcile/poll.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { migratedPglite } from '../support/database.ts';
import { listener, NOW, PATIENT, scratch, VISIT } from './hears.ts';

const { folder } = scratch();
const state = join(folder, 'state');
let ehr: SandboxEhr;
let office: Listening;

beforeAll(async () => {
  ehr = await openSandboxEhr({ clock: () => NOW, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  for (const resource of [PATIENT, VISIT]) await ehr.store.create(resource as Resource);
});
beforeEach(() => {
  vi.stubEnv('EHR_BASE_URL', `${office.url}/fhir`);
  vi.stubEnv('LOOPKEEPER_STATE', state);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await ehr.stop();
  await office.close();
});

async function plan(options: PlanOptions = {}): Promise<{ text: string; asides: string; code: number }> {
  const out = listener();
  let code = 0;
  await runPlan({ now: NOW, ...options }, out).catch(error => {
    if (!(error instanceof Failure)) throw error;
    code = error.code;
    out.line(error.message);
  });
  return { text: out.text(), asides: out.asides(), code };
}

it('plans right after doctor what the first look at the EHR would bring, and leaves nothing behind', async () => {
  const { text, asides, code } = await plan();
  expect(code).toBe(0);
  expect(text).toMatch(/1 patient, 1 visit\.\n3 messages to send/);
  expect(text).toMatch(/10:30 CST {2}reminder-48h, sms ····0101/);
  // A first import is silent about what was booked before.
  expect(text).not.toMatch(/CST {2}booking-confirmation/);
  expect(asides).toMatch(/127\.0\.0\.1:\d+ is read for this dry run, and nothing is kept/);
  expect(existsSync(state)).toBe(false);
});

it('keeps its remarks out of what machines read', async () => {
  expect(JSON.parse((await plan({ json: true })).text).messages).toHaveLength(3);
});

it('does not take ignorance for nothing to send', async () => {
  vi.stubEnv('EHR_BASE_URL', '');
  expect(await plan()).toEqual({ text: expect.stringMatching(/^Nothing has been read yet/), asides: '', code: 3 });
});

describe('reading an EHR', () => {
  const DAYS: Omit<Strategy, 'feed'> = { push: 'none', topics: [], deletes: 'none', why: [] };
  const CASES: [name: string, strategies: Strategies, roster: string[], read: string[], unread: RegExp][] = [
    [
      'that lists nothing',
      {},
      [],
      [],
      /^Patient This EHR cannot list them\..*Appointment This EHR cannot list them\.$/,
    ],
    [
      'by practitioner, none of whom is named',
      { Patient: { ...DAYS, feed: 'last-updated' }, Appointment: { ...DAYS, feed: 'by-practitioner' } },
      [],
      ['Patient/ana'],
      /Appointment .* name them in EHR_PRACTITIONERS\.$/,
    ],
    [
      'patient by patient, and knows them by then',
      { Patient: { ...DAYS, feed: 'last-updated' }, Appointment: { ...DAYS, feed: 'by-patient' } },
      [],
      ['Patient/ana', 'Appointment/visit'],
      /^RelatedPerson.*Communication This EHR cannot list them\.$/,
    ],
    [
      'patient by patient, one of whom is named',
      { Appointment: { ...DAYS, feed: 'by-patient' } },
      ['Patient/ana'],
      ['Appointment/visit'],
      /^Patient/,
    ],
  ];
  it.each(CASES)('%s', async (_, strategies, patients, expected, sentence) => {
    const connection = await connect(readConfig(), { clock: () => NOW, log: quietLog() });
    const { resources, unread } = await readEhr({ ...connection, strategies, patients }, NOW, listener());
    expect(resources.map(one => `${one.resourceType}/${one.id}`)).toEqual(expected);
    expect(unread.map(({ type, why }) => `${type} ${why}`).join(' ')).toMatch(sentence);
  });
});

it('knows a database in which nothing has been planned yet', async () => {
  const database = await migratedPglite();
  const { sql } = database;
  await sql.insertInto('patient').values({ reference: 'Patient/a' }).execute();
  expect(await hasPlanned(database)).toBe(false);
  await sql.updateTable('patient').set({ brake: 1 }).execute();
  expect(await hasPlanned(database)).toBe(true);
  await sql.updateTable('patient').set({ brake: null, planned_generation: 1 }).execute();
  expect(await hasPlanned(database)).toBe(true);
  await database.close();
});

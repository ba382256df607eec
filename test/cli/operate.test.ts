import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { runDoctor } from '../../sync/cli/doctor.ts';
import { runExplain } from '../../sync/cli/explain.ts';
import { Failure } from '../../sync/cli/failure.ts';
import { quietLog } from '../../sync/cli/open.ts';
import { brakes, letGo, pause, runBrakes, runRelease, runSweep, status, sweepOnce } from '../../sync/cli/operate.ts';
import { runPlan } from '../../sync/cli/plan.ts';
import type { Out } from '../../sync/cli/print.ts';
import { compare } from '../../sync/cli/rules.ts';
import { runCheck } from '../../sync/cli/rules-check.ts';
import { runApply, runRemove, runStatus } from '../../sync/cli/subscriptions.ts';
import { readConfig } from '../../sync/config.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import type { Database } from '../../sync/store/database.ts';
import { connect, wire } from '../../sync/wire.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { seed } from '../sandbox/practice/seed.ts';
import { migratedPglite } from '../support/database.ts';
import { listener, scratch } from './hears.ts';
import { mappingsWith } from './mappings-copy.ts';

const { folder } = scratch();
let ehr: SandboxEhr;
let office: Listening;
let database: Database;
let service: Service;

function configure(env: Record<string, string> = {}): void {
  vi.unstubAllEnvs();
  const usual = {
    EHR_BASE_URL: `${office.url}/fhir`,
    EHR_HOOK_SECRET: 'a-secret-for-the-hooks-of-tests',
    LOOPKEEPER_STATE: join(folder, 'state'),
  };
  for (const [name, value] of Object.entries({ ...usual, ...env })) vi.stubEnv(name, value);
}

beforeEach(() => configure());
beforeAll(async () => {
  ehr = await openSandboxEhr({ clock: systemClock, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  await seed(ehr.store, systemClock());
  configure();
  database = await migratedPglite();
  const around = { clock: systemClock, log: quietLog() };
  service = wire(readConfig(), database, await connect(readConfig(), around), around);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.close();
  await ehr.stop();
  await office.close();
});

async function said(work: (out: Out) => Promise<void> | void): Promise<string> {
  const out = listener();
  try {
    await work(out);
    return out.text();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${out.text()}\n[${error instanceof Failure ? error.code : 1}] ${error.message}`;
  }
}

const WRONG: [name: string, run: (out: Out) => Promise<void> | void, env: Record<string, string>, sentence: RegExp][] =
  [
    ['plan --as-new', out => runPlan({ asNew: true }, out), {}, /\[2\] --as-new is for --from/],
    ['explain Patient/1', out => runExplain('Patient/1', {}, out), {}, /\[2\] .* is no reference to a visit/],
    ['release everything', out => runRelease('everything', out), {}, /\[2\] .* is no brake/],
    [
      'rules check elsewhere',
      runCheck,
      { LOOPKEEPER_MAPPINGS: '/nowhere' },
      /\[2\] There is no clinic\.yaml in `\/nowhere`/,
    ],
    ['an EHR without agreement', runSweep, { EHR_BASE_URL: 'http://ehr.example/fhir' }, /\[1\] No agreement \(BAA\)/],
    [
      'an EHR that is not there',
      runStatus,
      { EHR_BASE_URL: 'http://127.0.0.1:9/fhir' },
      /\[1\] .*(could not be reached|did not answer)/,
    ],
    [
      'a database that is not there',
      runBrakes,
      { DATABASE_URL: 'postgres://127.0.0.1:9/none' },
      /\[1\] .*ECONNREFUSED/,
    ],
  ];
it.each(WRONG)('says what is wrong with %s', async (_, run, env, sentence) => {
  configure(env);
  expect(await said(out => run(out))).toMatch(sentence);
});

it('finds nothing wrong with the rules as shipped', async () => {
  expect(await said(runCheck)).toMatch(/Nothing is wrong with them/);
});

const compared = () => said(out => compare(database, {}, out));

it('sweeps, stops at the brake, is released, paused and resumed', async () => {
  expect(await said(out => sweepOnce(service, out))).toMatch(/The EHR was read: \d+ new[\s\S]*\[3\] 1 brake on/);
  expect(await said(out => brakes(database, out))).toMatch(/^1 {2}sweep, since .*create/);
  expect(await said(out => letGo(service, '1', out))).toMatch(/patients planned/);
  expect(await said(out => pause(database, true, out))).toMatch(/paused/);
  expect(await said(out => status(database, out))).toMatch(
    /Messages: \d+ planned[\s\S]*PAUSED; 0 brakes on[\s\S]*The journal is whole/,
  );
  expect(await said(out => pause(database, false, out))).toMatch(/goes on/);
  expect(await said(out => brakes(database, out))).toBe('No brake is on.');
  expect(await compared()).toMatch(/what is in force/);
});

it('names only what differs between the files and what has been through the database', async () => {
  configure({
    LOOPKEEPER_MAPPINGS: mappingsWith(
      ['rules/reminder-2h.yaml', 'useFor: ', 'useFor: PT1H # was '],
      ['texts/no-show.yaml', 'We hope all is well.', 'We hope you are well.'],
      ['clinic.yaml', 'count: 50', 'count: 500'],
    ),
  });
  const said = await compared();
  expect(said).toMatch(/: rule reminder-2h, text no-show, clinic\.yaml: brake\.\n/);
});

it('applies subscriptions, shows them, and removes its own when told twice', async () => {
  expect(await said(runStatus)).toMatch(/missing[\s\S]*\[3\] Not all is as it should be/);
  expect(await said(runApply)).toMatch(/create[\s\S]*active/);
  expect(await said(out => runRemove({}, out))).toMatch(/\[3\] Nothing was removed/);
  expect(await said(out => runRemove({ yes: true }, out))).toMatch(/^Removed: Subscription\//);
});

it('doctor says what works, how changes are heard of, what is wrong with the data and what to do', async () => {
  const report = await said(out => runDoctor({ list: true }, out));
  expect(report).toMatch(/^ok {4}Appointment: push topic, feed type-history/m);
  expect(report).toMatch(/^ok {4}The database can be opened \(pglite\)/m);
  expect(report).toMatch(
    /^warn {2}\d+ records: Patients who share a mobile number.*\n {6}→ Check that.*\n {6}Patient\//m,
  );
  expect(report).toMatch(/^ok {4}\d+ records: Charts without an SMS Consent/m);
  expect(report).not.toMatch(/^fail/m);
  expect(report).toMatch(/\[3\] It works; see the lines that begin with warn/);
});

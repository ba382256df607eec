import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { runDoctor } from '../../sync/cli/doctor.ts';
import { runExplain, show } from '../../sync/cli/explain.ts';
import { Failure } from '../../sync/cli/failure.ts';
import { quietLog } from '../../sync/cli/open.ts';
import { openForPeople } from '../../sync/cli/open-for-people.ts';
import { letGo, pause, rebuildAll, runPause, runRelease, runSweep, sweepOnce } from '../../sync/cli/operate.ts';
import { runPlan } from '../../sync/cli/plan.ts';
import { presentOf } from '../../sync/cli/present.ts';
import type { Out } from '../../sync/cli/print.ts';
import { compare, runDiff } from '../../sync/cli/rules.ts';
import { runCheck } from '../../sync/cli/rules-check.ts';
import { brakes, runBrakes, runStatus as runState, status } from '../../sync/cli/status.ts';
import { runApply, runRemove, runStatus } from '../../sync/cli/subscriptions.ts';
import { ConfigMistakes, readConfig } from '../../sync/config.ts';
import { connect } from '../../sync/connect.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { ANSWERING } from '../../sync/domain/plan/diff.ts';
import type { PlannedTask } from '../../sync/domain/plan/plan.ts';
import { explain } from '../../sync/reconcile/explain.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { openBrakes } from '../../sync/store/brake.ts';
import type { Database } from '../../sync/store/database.ts';
import { openTasks } from '../../sync/store/task.ts';
import { wire } from '../../sync/wire.ts';
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
    const code = error instanceof Failure ? error.code : error instanceof ConfigMistakes ? 2 : 1;
    return `${out.text()}\n[${code}] ${error.message}`;
  }
}

const WRONG: [name: string, run: (out: Out) => Promise<void> | void, env: Record<string, string>, sentence: RegExp][] =
  [
    ['plan --as-new', out => runPlan({ asNew: true }, out), {}, /\[2\] --as-new is for --from/],
    ['explain Patient/1', out => runExplain('Patient/1', {}, out), {}, /\[2\] .* is no reference to a visit/],
    ['release everything', out => runRelease('everything', out), {}, /\[2\] .* is no brake/],
    [
      'rules check elsewhere',
      out => runCheck({}, out),
      { LOOPKEEPER_MAPPINGS: '/nowhere' },
      /\[2\] There is no clinic\.yaml in `\/nowhere`/,
    ],
    [
      'an EHR without agreement',
      runSweep,
      { EHR_BASE_URL: 'http://ehr.example/fhir' },
      /\[2\] [\s\S]*No agreement \(BAA\)/,
    ],
    [
      'a profile that is not there',
      runSweep,
      { EHR_PROFILE: 'none-such' },
      /\[2\] [\s\S]*EHR_PROFILE: there is no `none-such`/,
    ],
    [
      'a key file that is not there',
      runSweep,
      { EHR_AUTH: 'backend-services', EHR_CLIENT_ID: 'us', EHR_PRIVATE_KEY_FILE: '/nowhere/key.json' },
      /\[2\] [\s\S]*EHR_PRIVATE_KEY_FILE: \/nowhere\/key\.json cannot be read/,
    ],
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

const LOOKING: [name: string, run: (out: Out) => Promise<void>][] = [
  ['status', runState],
  ['brakes', runBrakes],
  ['explain', out => runExplain('Appointment/1', {}, out)],
  ['pause', out => runPause(true, out)],
  ['rules diff', out => runDiff({}, out)],
  ['release', out => runRelease('all', out)],
];
it.each(LOOKING)('%s makes no database of a mistyped folder, and says that there is none', async (_, run) => {
  const mistyped = join(folder, 'mistyped');
  configure({ LOOPKEEPER_STATE: mistyped });
  expect(await said(run)).toBe(
    `\n[1] There is no database in the folder ${mistyped}. Is LOOPKEEPER_STATE right? Starting the service, or \`sweep\`, makes one.`,
  );
  expect(existsSync(mistyped)).toBe(false);
});

it('finds nothing wrong with the rules as shipped', async () => {
  expect(await said(out => runCheck({ now: '2026-11-21T15:00:00Z' }, out))).toMatch(/Nothing is wrong with them/);
});

const explained = (appointment: string) =>
  said(async out => {
    for (const one of (await explain(service, appointment))?.patients ?? []) show(one, 'America/Chicago', out);
  });

/** The first visit about which the brake holds something back. */
async function heldVisit(): Promise<{ appointment: string; told: string }> {
  const visits = await database.sql.selectFrom('resource').select('id').where('type', '=', 'Appointment').execute();
  for (const { id } of visits) {
    const told = await explained(`Appointment/${id}`);
    if (told.includes('would be planned')) return { appointment: `Appointment/${id}`, told };
  }
  throw new Error('The brake holds nothing.');
}

const compared = () => said(out => compare(database, {}, out));

it('sweeps, stops at the brake, is released, paused and resumed', async () => {
  expect(await said(out => sweepOnce(service, out))).toMatch(/The EHR was read: \d+ new[\s\S]*\[3\] 1 brake on/);
  expect(await said(out => brakes(database, out))).toMatch(
    /^1 {2}sweep, since \w{3} [\d-]+ \d\d:\d\d C[SD]T: would plan \d+ messages, .*open \d+ Tasks?, for \d+ of \d+ patients\.\n/,
  );
  const { appointment, told } = await heldVisit();
  expect(told).toMatch(
    /\n {2}Brake 1 holds this patient's plan.*`release 1`\.\n {4}\w{3} \d{4}-\d\d-\d\d \d\d:\d\d C[SD]T {2}[\w-]+: would be planned/,
  );
  expect(await said(out => letGo(service, '99', out))).toMatch(/\[1\] Brake 99 is not on; `brakes` shows/);
  expect(await said(out => letGo(service, '1', out))).toMatch(/[1-9]\d* patients planned/);
  expect(await said(out => letGo(service, '1', out))).toMatch(/\[1\] Brake 1 is not on/);
  expect(await said(out => letGo(service, 'all', out))).toBe('No brake is on.');
  expect(await explained(appointment)).toMatch(/: planned \(/);
  expect(await explained(appointment)).not.toMatch(/Brake|would/);
  expect(await said(out => pause(database, true, out))).toMatch(/paused/);
  expect(await said(out => status(database, out))).toMatch(
    /Messages: \d+ planned[\s\S]*PAUSED; 0 brakes on[\s\S]*The journal is whole/,
  );
  expect(await said(out => pause(database, false, out))).toMatch(/goes on/);
  expect(await said(out => brakes(database, out))).toBe('No brake is on.');
  const planned = async () => (await said(out => status(database, out))).match(/Messages: (\d+ planned)/)?.[1];
  const before = await planned();
  expect(await said(out => rebuildAll(service, out))).toMatch(
    /^[1-9]\d* records read anew; 0 of those known are gone from the EHR\.$/m,
  );
  expect(await planned()).toBe(before);
  expect(await compared()).toMatch(/what is in force/);
});

it('names only what differs between the files and what has been through the database', async () => {
  configure({
    LOOPKEEPER_MAPPINGS: mappingsWith(
      ['rules/reminder-2h.yaml', 'useFor: ', 'useFor: PT1H # was '],
      ['texts/no-show.yaml', 'hope all is well', 'hope you are well'],
      ['clinic.yaml', 'count: 50', 'count: 500'],
    ),
  });
  const said = await compared();
  expect(said).toMatch(/: rule reminder-2h, text no-show, clinic\.yaml: brake\.\n/);
});

it('puts rules that the brake has stopped in force when a person releases it', async () => {
  configure({
    LOOPKEEPER_MAPPINGS: mappingsWith(
      ['rules/reminder-48h.yaml', 'active: true', 'active: false'],
      ['clinic.yaml', 'count: 50', 'count: 1'],
    ),
  });
  // Whatever is done first proposes the new files.
  expect(await said(out => letGo(service, '99', out))).toMatch(/Brake 99 is not on/);
  const [held] = await openBrakes(database.sql);
  expect(held?.cause).toMatch(/^policy /);
  expect(await said(out => letGo(service, String(held?.id), out))).toMatch(
    /^Version [0-9a-f]{16} of the rules is in force\.\n[1-9]\d* patients planned\.$/,
  );
  expect(await compared()).toMatch(/what is in force/);
  expect(await openBrakes(database.sql)).toEqual([]);
});

it('says what is open for people, and who has waited longest', async () => {
  const task = (key: string, changes: Partial<PlannedTask>): PlannedTask => ({
    ...{ key, patient: 'Patient/a', rule: 'some-rule', code: 'call', owner: 'front-desk', priority: 'routine' },
    ...{ opensAt: '2026-11-20T10:00:00.000Z', dueAt: '2026-11-20T12:00:00.000Z', says: 'Call them.', about: [] },
    ...changes,
  });
  const answer = { rule: ANSWERING, priority: 'urgent', opensAt: '2026-11-20T11:00:00.000Z' } as const;
  const [fresh, due] = ['2026-11-20T11:50:00.000Z', '2026-11-21T10:00:00.000Z'];
  await database.sql.deleteFrom('task').execute();
  const tasks = [task('1', { dueAt: due }), task('2', answer), task('3', { ...answer, opensAt: fresh, dueAt: due })];
  for (const [i, one] of tasks.entries()) await openTasks(database.sql, [{ id: `id-${i}`, plan: one }], fresh);
  expect(await openForPeople(database.sql, '2026-11-20T15:00:00.000Z', 'America/Chicago')).toEqual([
    'Open for people: 2 urgent, 1 routine; 1 overdue.',
    'Longest without an answer: a message of Fri 2026-11-20 05:00 CST, 4 hours ago.',
  ]);
  expect(await said(out => status(database, out))).toMatch(/\nOpen for people: 2 urgent/);
});

it('says as of when it looks, where the clock of a demonstration ran ahead', async () => {
  expect((await presentOf(database.sql, 'UTC')).note).toBeUndefined();
  const ahead = await presentOf(database.sql, 'UTC', () => '2020-01-01T00:00:00.000Z');
  expect(ahead.now > '2020-01-02').toBe(true);
  expect(ahead.note).toMatch(
    /^The newest entry here is of \w{3} [\d-]+ \d\d:\d\d UTC, \d+ hours later than this machine/,
  );
  expect(await presentOf(database.sql, 'UTC', () => ahead.now)).toEqual({ now: ahead.now });
});

it('applies subscriptions, shows them, and removes its own when told twice', async () => {
  expect(await said(runStatus)).toMatch(/missing[\s\S]*\[3\] Not all is as it should be/);
  expect(await said(out => runApply({}, out))).toMatch(/create[\s\S]*active/);
  expect(await said(out => runRemove({}, out))).toMatch(/\[3\] Nothing was removed/);
  expect(await said(out => runRemove({ yes: true }, out))).toMatch(/^Removed: Subscription\//);
});

it('does not send whoever applies them back to apply, where the EHR reaches nobody', async () => {
  configure({ LOOPKEEPER_PUBLIC_URL: 'http://127.0.0.1:9' });
  // The sandbox knocks first, and gives up on a door that nobody opens.
  await vi.waitFor(async () => {
    const applied = await said(out => runApply({}, out));
    expect(applied).not.toMatch(/`subscriptions apply`/);
    expect(applied).toMatch(
      /\nwrong [\s\S]*\n\[3\] .*must reach http:\/\/127\.0\.0\.1:9\/hooks\/fhir\/ehr\. Start the service there.*`subscriptions status`\.$/,
    );
  }, 10_000);
});

it('doctor says what works, how changes are heard of, what is wrong with the data and what to do', async () => {
  const report = await said(out => runDoctor({ list: true }, out));
  expect(report).toMatch(/^ok {4}Appointment: push topic, feed type-history/m);
  expect(report).toMatch(/^ok {4}There is no database in \S+ yet/m);
  expect(existsSync(join(folder, 'state'))).toBe(false);
  expect(report).toMatch(
    /^warn {2}\d+ records: Patients who share a mobile number.*\n {6}→ Check that.*\n {6}Patient\//m,
  );
  expect(report).toMatch(/^ok {4}\d+ records: Charts without an SMS Consent/m);
  expect(report).not.toMatch(/^fail/m);
  expect(report).toMatch(/\[3\] It works; see the lines that begin with warn/);
});

const UNWELL: [name: string, env: Record<string, string>, lines: RegExp][] = [
  ['no EHR', { EHR_BASE_URL: '' }, /^fail {2}EHR_BASE_URL is not set.*\n {6}→ Mend it in `\.env`/m],
  [
    'an EHR that is not there',
    { EHR_BASE_URL: 'http://127.0.0.1:9/fhir' },
    /^fail {2}The EHR .*\n {6}→ Is EHR_BASE_URL right, and may this machine reach it/m,
  ],
  ['no secret', { EHR_HOOK_SECRET: '' }, /^warn {2}EHR_HOOK_SECRET is not set.*not asked to notify us.*\n {6}→ Set/m],
  [
    'a database that is not there',
    { DATABASE_URL: 'postgres://127.0.0.1:9/none' },
    /^fail {2}.*\n {6}→ Does DATABASE_URL lead/m,
  ],
  [
    'a folder that cannot be',
    { LOOPKEEPER_STATE: `${process.execPath}/state` },
    /^fail {2}Nothing can be kept in the folder \S+\/state: \S+ is a file\..*\n {6}→ Does DATABASE_URL/m,
  ],
];
it.each(UNWELL)('doctor says what to do about %s', async (_, env, lines) => {
  configure(env);
  const report = await said(out => runDoctor({}, out));
  expect(report).toMatch(lines);
  expect(report).not.toMatch(/cannot reach this service/);
});

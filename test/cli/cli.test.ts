import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { seed } from '../sandbox/practice/seed.ts';

const MAIN = new URL('../../sync/cli/main.ts', import.meta.url).pathname;
const ROOT = new URL('../../', import.meta.url).pathname;

let folder: string;
let ehr: SandboxEhr;
let office: Listening;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopkeeper-cli-'));
  const clock = () => new Date().toISOString();
  ehr = await openSandboxEhr({ clock, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  await seed(ehr.store, clock());
});
afterAll(async () => {
  await ehr.stop();
  await office.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** As an operator types it, in a shell of their own. */
const loopkeeper = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise(done => {
    const options = { cwd: ROOT, env: { PATH: process.env.PATH, LOOPKEEPER_STATE: join(folder, 'state'), ...env } };
    execFile(process.execPath, [MAIN, ...args], options, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    );
  });

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const PATIENT = {
  resourceType: 'Patient',
  id: 'ana',
  name: [{ given: ['Ana'], family: 'Zzcanary' }],
  birthDate: '1980-05-05',
  telecom: [{ system: 'phone', use: 'mobile', value: '+1 312 555 0101' }],
};
const VISIT = {
  resourceType: 'Appointment',
  id: 'visit',
  status: 'booked',
  start: '2026-12-02T10:30:00-06:00',
  end: '2026-12-02T11:00:00-06:00',
  participant: [{ actor: { reference: 'Patient/ana' }, status: 'needs-action' }],
};
const NOW = ['--now', '2026-11-21T09:00:00-06:00'];

describe('plan --from', () => {
  it('says who would be told what and when, without EHR or database', async () => {
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: PATIENT }, { resource: VISIT }] };
    const ran = await loopkeeper(['plan', '--from', file('bundle.json', JSON.stringify(bundle)), ...NOW, '--words']);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(
      /2026-11-30\n {2}10:30 {2}reminder-48h, sms ····0101 \(en\), Patient\/ana, about Appointment\/visit/,
    );
    expect(ran.out).toMatch(/Hi Ana, your visit is Wed, Dec 2 at 10:30 AM/);
    expect(ran.out).not.toMatch(/Zzcanary|3125550101/);
  });

  it('speaks JSON to machines', async () => {
    const paths = [file('p.json', JSON.stringify(PATIENT)), file('v.json', JSON.stringify(VISIT))];
    const { out, code } = await loopkeeper(['plan', '--from', ...paths, ...NOW, '--json']);
    const plan = JSON.parse(out);
    expect(code).toBe(0);
    expect(plan.messages.map((one: { rule: string }) => one.rule)).toContain('reminder-48h');
    expect(plan.notPlanned.map((one: { reason: string }) => one.reason)).toContain('rule-off');
  });

  const BAD: [name: string, text: string, sentence: RegExp][] = [
    ['broken.json', '{"resourceType": "Appo', /broken\.json: It is not JSON\./],
    ['list.json', '[1, 2]', /list\.json: It is not a FHIR resource/],
    ['type.json', '{"resourceType":"Goose","id":"1"}', /Goose has no part in what patients are told/],
    ['noid.json', '{"resourceType":"Patient"}', /Patient: It has no id/],
    ['types.json', '{"resourceType":"Appointment","id":"1","participant":"many"}', /Appointment\/1: /],
    [
      'zone.json',
      JSON.stringify({ ...VISIT, start: '2026-12-02T10:30:00' }),
      /start is not an instant with a time zone/,
    ],
    [
      'deep.json',
      `{"resourceType":"Patient","id":"deep","x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      /deep\.json: It is nested too deeply to be FHIR/,
    ],
    ['many.ndjson', `${JSON.stringify(PATIENT)}\nnot json\n`, /many\.ndjson: Line 2: It is not JSON\./],
  ];
  it('names everything that it cannot use, and plans the rest', async () => {
    const paths = BAD.map(([name, text]) => file(name, text));
    const ran = await loopkeeper(['plan', '--from', ...paths, join(folder, 'nowhere.json'), ...NOW]);
    for (const [, , sentence] of BAD) expect(ran.out).toMatch(sentence);
    expect(ran.out).toMatch(/nowhere\.json: There is no such file or folder/);
    expect(ran.out + ran.err).not.toMatch(/\n\s+at /);
    expect(ran.code).toBe(0);
  });

  it('survives HL7’s own examples', async () => {
    const ran = await loopkeeper(['plan', '--from', 'test/fixtures/hl7', '--now', '2013-12-09T09:00:00-06:00']);
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/Could not be used, or only in part/);
  });
});

describe('wrong use', () => {
  const WRONG: [args: string[], env: Record<string, string>, code: number, sentence: RegExp][] = [
    [['plan', '--now', 'tomorrow'], {}, 2, /tomorrow is no moment in time/],
    [['explain', 'Patient/1'], {}, 2, /is no reference to a visit/],
    [['explain', 'Appointment/unknown'], {}, 1, /has never seen Appointment\/unknown/],
    [['nonsense'], {}, 2, /unknown command/],
    [['doctor'], {}, 1, /EHR_BASE_URL is not set/],
    [
      ['status'],
      { LOOPKEEPER_PORT: 'many', DATABASE_URL: 'mysql://x' },
      2,
      /LOOPKEEPER_PORT[\s\S]*DATABASE_URL|DATABASE_URL[\s\S]*LOOPKEEPER_PORT/,
    ],
    [['sweep'], { EHR_BASE_URL: 'http://ehr.example/fhir' }, 1, /No agreement \(BAA\)/],
    [['sweep'], { EHR_BASE_URL: 'http://127.0.0.1:9/fhir' }, 1, /could not be reached|did not answer/],
  ];
  it.each(WRONG)('%s', async (args, env, code, sentence) => {
    const ran = await loopkeeper(args, env);
    expect(ran.out + ran.err).toMatch(sentence);
    expect(ran.code).toBe(code);
    expect(ran.err).not.toMatch(/\n\s+at /);
  });
});

describe('beside an EHR', () => {
  it('doctor says what works, how changes are heard of, and what is wrong with the data', async () => {
    const ran = await loopkeeper(['doctor'], {
      EHR_BASE_URL: `${office.url}/fhir`,
      LOOPKEEPER_STATE: join(folder, 'doctor'),
    });
    expect(ran.out).toMatch(/ok {4}Appointment: push none, feed type-history/);
    expect(ran.out).toMatch(/warn {2}Patients who share a mobile number: \d+\./);
    expect(ran.out).toMatch(/Charts without an SMS Consent/);
    expect(ran.out).not.toMatch(/^fail/m);
    expect(ran.code).toBe(3);
  });

  it('sweep, brakes, release, status, pause and resume work one after another', async () => {
    const env = { EHR_BASE_URL: `${office.url}/fhir`, LOOPKEEPER_STATE: join(folder, 'operate') };
    const swept = await loopkeeper(['sweep'], env);
    expect([swept.code, swept.err]).toEqual([3, expect.stringMatching(/1 brake on/)]);
    expect((await loopkeeper(['brakes'], env)).out).toMatch(/^1 {2}sweep, since .*create/);
    expect((await loopkeeper(['release', '1'], env)).out).toMatch(/patients planned/);
    expect((await loopkeeper(['pause'], env)).out).toMatch(/paused/);
    const status = await loopkeeper(['status'], env);
    expect(status.out).toMatch(/Messages: \d+ planned[\s\S]*PAUSED; 0 brakes on[\s\S]*The journal is whole/);
    expect((await loopkeeper(['resume'], env)).out).toMatch(/goes on/);
    expect((await loopkeeper(['rules', 'diff'], env)).out).toMatch(/what is in force/);
  }, 120_000);
});

import type { Subscription } from '@medplum/fhirtypes';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '../../sync/cli/failure.ts';
import type { Out } from '../../sync/cli/print.ts';
import { runApply, runRemove, runRepair, runStatus } from '../../sync/cli/subscriptions.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import { openSandboxEhr, type SandboxEhr } from '../sandbox/ehr.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { openReceiver, type Receiver } from '../sandbox/receiver.ts';
import { listener } from './hears.ts';
import { mappingsWith } from './mappings-copy.ts';

const SECRET = 'a-secret-for-the-hooks-of-tests';
const MESA = 'Appointment?location=Location/mesa';

let ehr: SandboxEhr;
let office: Listening;
/** Stands where the service would, and lets everybody in. */
let door: Receiver;

beforeEach(async () => {
  ehr = await openSandboxEhr({ clock: systemClock, baseUrl: () => `${office.url}/fhir` });
  office = await listen(ehr.app);
  door = await openReceiver();
  const env = { EHR_BASE_URL: `${office.url}/fhir`, EHR_HOOK_SECRET: SECRET, LOOPKEEPER_PUBLIC_URL: door.url };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await ehr.stop();
  await Promise.all([office.close(), door.close()]);
});

async function said(work: (out: Out) => Promise<void>): Promise<string> {
  const out = listener();
  await work(out).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    out.line(`[${error.code}] ${error.message}`);
  });
  await ehr.settle();
  return out.text();
}
const held = async () =>
  (await ehr.store.search('Subscription')).filter(
    (one): one is Subscription & { id: string } => one.resourceType === 'Subscription',
  );
const aboutVisits = async () => (await held()).filter(one => JSON.stringify(one).includes('Appointment?'));

it('shows what differs element by element, and puts it right at once', async () => {
  await said(out => runApply({}, out));
  const [visits] = await aboutVisits();
  const channel = { ...visits!.channel, header: ['X-Loopkeeper-Secret: CANARY'] };
  await ehr.store.update({ ...visits!, status: 'off', channel });
  const shown = await said(runStatus);
  expect(shown).toMatch(
    /^wrong +\S+appointment-change Subscription\/\S+ It is switched off\.\n {10}- status: off\n {10}\+ status: active\n {10}- channel\.header: X-Loopkeeper-Secret: \(another secret\)\n {10}\+ channel\.header: X-Loopkeeper-Secret: \(the secret that is set\)\n/m,
  );
  const dry = await said(out => runApply({ dryRun: true }, out));
  expect(dry).toMatch(/^change +\S+appointment-change[\s\S]*\n\[3\] Nothing was changed\.$/);
  expect((await aboutVisits())[0]?.status).toBe('off');
  expect(await said(out => runApply({}, out))).toMatch(/^change [\s\S]*\nDone: 1 updated\.\n/);
  expect((await aboutVisits())[0]).toMatchObject({ id: visits!.id, status: 'active' });
  for (const text of [shown, dry]) expect(text).not.toMatch(new RegExp(`CANARY|${SECRET}`));
});

it('removes only with --yes, and does nothing by halves', async () => {
  await said(out => runApply({}, out));
  const [visits] = await aboutVisits();
  const { id: _, meta, ...like } = visits!;
  const twin = await ehr.store.create({ ...like, meta: { tag: meta?.tag } });
  const [consents] = (await held()).filter(one => JSON.stringify(one).includes('Consent?'));
  await ehr.store.update({ ...consents!, status: 'off' });
  const shown = await said(out => runApply({}, out));
  expect(shown).toMatch(
    /^change +Consent\?[\s\S]*\nremove +\S*appointment-change Subscription\/\S+ It is there twice\.\n/,
  );
  expect(shown).toMatch(/\n\[3\] Nothing was changed, as something would be removed\. With --yes it is done\.$/);
  expect([
    (await held()).length,
    ((await ehr.store.read('Subscription', consents!.id)) as Subscription).status,
  ]).toEqual([7, 'off']);
  expect(await said(out => runApply({ yes: true }, out))).toMatch(/Done: 1 updated, 1 removed\.\n/);
  expect(await aboutVisits()).toHaveLength(1);
  expect((await aboutVisits())[0]?.id === twin.id || (await aboutVisits())[0]?.id === visits!.id).toBe(true);
  expect(await said(out => runApply({}, out))).toMatch(/^There was nothing to change\.\nactive/);
});

it('repairs by new ones, those that are active in name only when asked, and leaves no moment without any', async () => {
  await said(out => runApply({}, out));
  const [before] = await aboutVisits();
  expect(await said(out => runRepair({}, out))).toMatch(/^All of them are active\./);
  expect(await said(out => runRepair({ all: true }, out))).toMatch(
    /^(replace \S+ Subscription\/\S+ By a new one\.\n){6}\[3\] Nothing was changed\. With --yes it is\.$/,
  );
  expect((await aboutVisits())[0]?.id).toBe(before?.id);
  await said(out => runRepair({ all: true, yes: true }, out));
  expect([(await held()).length, (await aboutVisits())[0]?.id === before?.id]).toEqual([6, false]);
});

it('narrows what is asked for, where it stands', async () => {
  await said(out => runApply({}, out));
  const [before] = await aboutVisits();
  const narrow = mappingsWith([
    'subscriptions.yaml',
    'resources: {}',
    `resources: { Appointment: { criteria: ['${MESA}'] } }`,
  ]);
  vi.stubEnv('LOOPKEEPER_MAPPINGS', narrow);
  expect(await said(runStatus)).toMatch(
    /\n {10}- _criteria: backport-filter-criteria = Appointment\?\n {10}\+ _criteria: backport-filter-criteria = Appointment\?location=Location\/mesa\n/,
  );
  await said(out => runApply({}, out));
  expect((await aboutVisits()).map(({ id }) => id)).toEqual([before!.id]);
  expect(JSON.stringify(await aboutVisits())).toContain(MESA);
});

it('after a move, tells of those that lead to the former address, and removes them when it is named', async () => {
  await said(out => runApply({}, out));
  const former = door.url;
  const next = await openReceiver();
  vi.stubEnv('LOOPKEEPER_PUBLIC_URL', next.url);
  await said(out => runApply({}, out));
  const shown = await said(runStatus);
  expect(shown).toContain(`\nelsewhere 6 Subscriptions with our tag, to ${former}/hooks/fhir/ehr\n`);
  expect(shown).toMatch(
    /\nThose elsewhere are .*After a move: `subscriptions remove --at <former LOOPKEEPER_PUBLIC_URL>`\.$/,
  );
  expect(await said(out => runRemove({ at: former }, out))).toContain(
    `[3] Nothing was removed. With --yes, those that lead to ${former}/hooks`,
  );
  expect(await said(out => runRemove({ at: `${former}/`, yes: true }, out))).toMatch(
    /^Removed: (Subscription\/\S+,? ?){6}/,
  );
  expect((await held()).map(one => one.channel.endpoint)).toEqual(Array(6).fill(`${next.url}/hooks/fhir/ehr`));
  await next.close();
});

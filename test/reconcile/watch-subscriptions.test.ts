import type { Appointment, Subscription } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { hearingLines } from '../../sync/cli/hearing-lines.ts';
import { minus } from '../../sync/domain/time.ts';
import { openMetrics } from '../../sync/http/metrics.ts';
import { watchSubscriptions } from '../../sync/reconcile/watch-subscriptions.ts';
import { hearingSince } from '../../sync/store/hearing.ts';
import { watchedSubscriptions } from '../../sync/store/watched-subscription.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { SECRET, type Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
const VISITS = ['one', 'two', 'three'];
const open = () =>
  openNext({
    before: async ({ store }) => {
      await store.create(person('ana', ANA));
      for (const id of VISITS) await store.create(visitOf(id, ['ana'], '2026-12-25T17:00:00.000Z'));
    },
  });

const watch = async (whole: Whole, after = 'PT5M') => {
  whole.jump(after);
  await watchSubscriptions(whole.service, { publicUrl: whole.url, secret: SECRET }, 'test');
  await whole.ehr.settle();
};
const subscriptions = async ({ ehr }: Whole) =>
  (await ehr.store.search('Subscription')).filter(
    (one): one is Subscription & { id: string } => one.resourceType === 'Subscription',
  );
const ofVisits = async (whole: Whole) =>
  (await subscriptions(whole)).find(one => JSON.stringify(one).includes('Appointment?'));
const stateOf = async (whole: Whole) =>
  (await watchedSubscriptions(whole.database.sql, 'ehr')).find(one =>
    one.criteria.toLowerCase().includes('appointment'),
  );
const heard = async (whole: Whole) =>
  (await hearingSince(whole.database.sql, minus(whole.now(), 'PT1H'))).find(one => one.type === 'Appointment');

async function change(whole: Whole, ids = VISITS) {
  for (const id of ids) {
    const visit = (await whole.ehr.store.read('Appointment', id)) as Appointment;
    await whole.ehr.store.update({ ...visit, comment: `${visit.comment ?? ''}.` });
  }
}

it('counts what hooks announce, how soon, and what only the poll finds', async () => {
  const whole = await open();
  await change(whole, ['one']);
  await whole.settle();
  whole.ehr.faults.dropNotifications = true;
  await change(whole, ['two', 'three']);
  whole.jump('PT1M');
  await whole.poll();
  expect(await heard(whole)).toMatchObject({ byHook: 1, byPoll: 2, meanLagMs: 0 });
  whole.ehr.faults.dropNotifications = false;
  expect(await hearingLines(whole.database.sql, whole.now(), 'America/Chicago')).toContainEqual(
    'Appointment, last hour: 1 change announced by hooks, 0.0 s after the change, 0.0 s at most; 2 found by the poll alone.',
  );
  expect(await openMetrics(whole.service).text()).toMatch(/loopkeeper_changes\{type="Appointment",by="poll"\} 2/);
});

it('makes one again that somebody deleted', async () => {
  const whole = await open();
  const before = await ofVisits(whole);
  await whole.ehr.store.delete('Subscription', before?.id ?? '');
  await watch(whole);
  expect(await stateOf(whole)).toMatchObject({ state: 'missing', attempts: 1 });
  const after = await ofVisits(whole);
  expect(after?.id).not.toBe(before?.id);
  await change(whole, ['one']);
  await whole.settle();
  expect(await heard(whole)).toMatchObject({ byHook: 1 });
  await watch(whole);
  expect(await stateOf(whole)).toMatchObject({ state: 'active' });
});

it('puts one right that the EHR has given up', async () => {
  const whole = await open();
  whole.ehr.faults.refuseNotifications = true;
  await change(whole);
  for (let tries = 0; tries < 40; tries += 1) {
    whole.jump('PT1M');
    await whole.ehr.settle();
  }
  expect((await ofVisits(whole))?.status).toBe('error');
  whole.ehr.faults.refuseNotifications = false;
  await watch(whole);
  expect((await ofVisits(whole))?.status).toBe('active');
});

it('replaces one that is active in name only, and leaves it in peace while nothing happens', async () => {
  const whole = await open();
  const before = await ofVisits(whole);
  await watch(whole);
  expect((await ofVisits(whole))?.id).toBe(before?.id);
  whole.ehr.faults.dropNotifications = true;
  await change(whole);
  whole.jump('PT1M');
  await whole.poll();
  await watch(whole);
  expect(await stateOf(whole)).toMatchObject({ state: 'silent', attempts: 1 });
  expect(await hearingLines(whole.database.sql, whole.now(), 'America/Chicago')).toContainEqual(
    expect.stringMatching(/^Subscription .*SILENT since .*, mended 1 time, next after .*Polling hears/),
  );
  const after = await subscriptions(whole);
  expect(after.filter(one => JSON.stringify(one).includes('Appointment?'))).toHaveLength(1);
  expect((await ofVisits(whole))?.id).not.toBe(before?.id);
  whole.ehr.faults.dropNotifications = false;
  await watch(whole);
  expect((await stateOf(whole))?.state, 'what was missed before it was mended proves nothing').toBe('active');
});

it.each([
  ['a quarter of an hour after it was last heard', 'PT21M', 'silent'],
  ['right after it was heard: some may be under way', 'PT1M', 'active'],
])('looks at one that falls silent %s', async (_, pause, state) => {
  const whole = await open();
  await change(whole, ['one']);
  await whole.settle();
  await watch(whole, pause);
  whole.ehr.faults.dropNotifications = true;
  await change(whole);
  whole.jump('PT1M');
  await whole.poll();
  await watch(whole);
  expect(await heard(whole)).toMatchObject({ byHook: 1, byPoll: 3 });
  expect(await stateOf(whole)).toMatchObject({ state });
});

it('touches nothing of anybody else, and waits for its turn', async () => {
  const whole = await open();
  const theirs = await whole.ehr.store.create({
    resourceType: 'Subscription',
    status: 'off',
    reason: 'Theirs',
    criteria: 'Appointment?',
    channel: { type: 'rest-hook', endpoint: 'http://127.0.0.1:9/theirs' },
  });
  await watch(whole);
  expect(await whole.ehr.store.read('Subscription', theirs.id ?? '')).toMatchObject({
    meta: { versionId: theirs.meta?.versionId },
  });
  const mine = await ofVisits(whole);
  await whole.ehr.store.delete('Subscription', mine?.id ?? '');
  await watchSubscriptions(whole.service, { publicUrl: whole.url, secret: SECRET }, 'another instance');
  expect(await stateOf(whole), 'one instance looks at a time').toMatchObject({ state: 'active' });
});

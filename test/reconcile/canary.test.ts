import type { Communication, Subscription } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { hearingLines } from '../../sync/cli/hearing-lines.ts';
import { isCanary } from '../../sync/domain/chart/canary.ts';
import { SubscriptionWishes } from '../../sync/domain/policy/subscription-wishes.ts';
import { minus, plus } from '../../sync/domain/time.ts';
import { openMetrics } from '../../sync/http/metrics.ts';
import { tendCanary } from '../../sync/reconcile/canary.ts';
import { watchSubscriptions } from '../../sync/reconcile/watch-subscriptions.ts';
import { canaryRow } from '../../sync/store/canary.ts';
import { hearingSince } from '../../sync/store/hearing.ts';
import { watchedSubscriptions } from '../../sync/store/watched-subscription.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { SECRET, type Whole, type WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
const ACTIVE = SubscriptionWishes.parse({ canary: { active: true } });
const open = (options: WholeOptions = {}) => openNext({ wishes: ACTIVE, ...options });

/** As the clockwork does: the canary and the poll each minute, the Subscriptions every five; or all of it in longer steps. */
async function pass(whole: Whole, minutes: number, step = 1): Promise<void> {
  const address = { publicUrl: whole.url, secret: SECRET };
  for (let minute = step; minute <= minutes; minute += step) {
    whole.jump(`PT${step}M`);
    await whole.poll();
    await tendCanary(whole.service, address, 'test');
    if (minute % 5 === 0) await watchSubscriptions(whole.service, address, 'test');
    await whole.settle();
  }
}
const canaries = async ({ ehr }: Whole) =>
  (await ehr.store.search('Communication')).filter(
    (one): one is Communication & { id: string } => one.resourceType === 'Communication' && isCanary(one),
  );
const row = (whole: Whole) => canaryRow(whole.database.sql, 'ehr');
const watched = async (whole: Whole) =>
  (await watchedSubscriptions(whole.database.sql, 'ehr')).find(one => one.criteria.includes('communication'));
const subscription = async ({ ehr }: Whole) =>
  (await ehr.store.search('Subscription')).find(
    (one): one is Subscription & { id: string } =>
      one.resourceType === 'Subscription' && one.criteria.includes('communication'),
  );
const told = (whole: Whole) => hearingLines(whole.database.sql, whole.now(), 'America/Chicago');

it('writes one record about nobody, changes it every quarter of an hour, and hears of it', async () => {
  const whole = await open({ before: ({ store }) => store.create(person('ana', ANA)) });
  const planned = () => whole.database.sql.selectFrom('patient').selectAll().execute();
  const before = await planned();
  await pass(whole, 40);
  const [canary, ...others] = await canaries(whole);
  expect(others).toEqual([]);
  expect(canary).toMatchObject({ status: 'not-done', meta: { versionId: '4' } });
  expect(canary).not.toHaveProperty('subject');
  expect(await row(whole)).toMatchObject({ misses: 0, id: canary?.id });
  expect(await planned(), 'nobody is planned anew for it').toEqual(before);
  expect(await whole.texts()).toEqual([]);
  expect(await hearingSince(whole.database.sql, minus(whole.now(), 'PT1H')), 'it is no change of the practice').toEqual(
    [],
  );
  expect(await told(whole)).toEqual([
    expect.stringMatching(/^Canary: written Mon 2026-11-23 10:32 CST, last announced Mon 2026-11-23 10:32 CST\.$/),
  ]);
  expect(await openMetrics(whole.service).text()).toMatch(/^loopkeeper_canary_missed 0$/m);
});

it('finds an EHR that is deaf while it calls its Subscription active: replaces it, backs off, tells, and loses nothing', async () => {
  const whole = await open();
  await pass(whole, 3);
  const before = await subscription(whole);
  whole.ehr.faults.dropNotifications = true;
  await pass(whole, 22);
  expect((await subscription(whole))?.status).toBe('active');
  expect((await subscription(whole))?.id).not.toBe(before?.id);
  expect(await watched(whole)).toMatchObject({ state: 'deaf', attempts: 1 });
  expect(await told(whole)).toEqual([
    expect.stringMatching(/^Canary: .*; MISSED [2-9] times in a row\.$/),
    expect.stringMatching(
      /^Subscription .*communication-change: DEAF since .*, mended 1 time, next after .*Polling hears/,
    ),
  ]);
  expect(await openMetrics(whole.service).text()).toMatch(/loopkeeper_subscription\{[^}]*state="deaf"\} 1/);
  expect(whole.logged.filter(line => line.includes('announces nothing'))).toHaveLength(1);

  await whole.ehr.store.create(person('ana', ANA));
  await whole.ehr.store.create(visitOf('one', ['ana'], '2026-11-27T16:00:00.000Z'));
  await pass(whole, 60, 5);
  expect((await watched(whole))?.attempts, 'after 5, 10, 20 and 40 minutes').toBeLessThanOrEqual(5);
  expect((await whole.texts(ANA)).length, 'the poll has heard of her visit').toBe(1);

  whole.ehr.faults.dropNotifications = false;
  await pass(whole, 20, 5);
  expect(await row(whole)).toMatchObject({ misses: 0 });
  expect(await watched(whole)).toMatchObject({ state: 'active' });
  expect(whole.logged.some(line => line.includes('works again'))).toBe(true);
  expect(await canaries(whole)).toHaveLength(1);
});

it('is content with one that comes late, and with one lost', async () => {
  const whole = await open();
  await pass(whole, 16);
  whole.ehr.faults.delayNotifications = true;
  await pass(whole, 3);
  expect((await row(whole))?.misses).toBe(1);
  whole.ehr.faults.delayNotifications = false;
  await pass(whole, 1);
  expect((await row(whole))?.misses).toBe(0);
  await pass(whole, 13);
  whole.ehr.faults.dropNotifications = true;
  await pass(whole, 1);
  whole.ehr.faults.dropNotifications = false;
  const lost = await row(whole);
  await pass(whole, 2);
  expect(await row(whole)).toMatchObject({ writtenAt: plus(lost?.writtenAt ?? '', 'PT2M'), misses: 0 });
  await pass(whole, 5);
  expect((await watched(whole))?.attempts).toBe(0);
});

it('makes it again where somebody deleted it', async () => {
  const whole = await open();
  await pass(whole, 3);
  const [before] = await canaries(whole);
  await whole.ehr.store.delete('Communication', before?.id ?? '');
  await pass(whole, 20);
  const [after, ...others] = await canaries(whole);
  expect([others.length, after?.id === before?.id]).toEqual([0, false]);
  expect(await row(whole)).toMatchObject({ misses: 0, id: after?.id });
});

it.each<[string, WholeOptions]>([
  ['it is not switched on', { wishes: SubscriptionWishes.parse({}) }],
  ['the EHR takes no such record of ours', { readOnly: true }],
  ['nobody is asked to notify us', { hears: 'poll' }],
])('writes nothing where %s', async (_, options) => {
  const whole = await open(options);
  await pass(whole, 20);
  expect([await canaries(whole), await row(whole)]).toEqual([[], undefined]);
});

it('takes what could not be written for no sign of deafness', async () => {
  let isAway = false;
  const whole = await open({
    fetch: async (url, init) =>
      isAway && init?.method === 'PUT' ? new Response('{}', { status: 422 }) : fetch(url, init),
  });
  await pass(whole, 3);
  isAway = true;
  whole.jump('PT20M');
  await expect(tendCanary(whole.service, { publicUrl: whole.url, secret: SECRET }, 'test')).rejects.toThrow('422');
  whole.jump('PT5M');
  await expect(tendCanary(whole.service, { publicUrl: whole.url, secret: SECRET }, 'test')).rejects.toThrow('422');
  expect((await row(whole))?.misses).toBe(0);
});

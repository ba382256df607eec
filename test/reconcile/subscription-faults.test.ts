import type { Subscription } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { hearingLines } from '../../sync/cli/hearing-lines.ts';
import { SubscriptionWishes } from '../../sync/domain/policy/subscription-wishes.ts';
import { minus, plus } from '../../sync/domain/time.ts';
import type { Watched } from '../../sync/fhir/subscribe/watch.ts';
import { tendCanary } from '../../sync/reconcile/canary.ts';
import { compareSubscriptions } from '../../sync/reconcile/subscriptions.ts';
import { watchSubscriptions } from '../../sync/reconcile/watch-subscriptions.ts';
import { hearingSince } from '../../sync/store/hearing.ts';
import { watchedSubscriptions } from '../../sync/store/watched-subscription.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import { SECRET, type Whole, type WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
const FRIDAY = '2026-11-27T16:00:00.000Z';
const WISHES = SubscriptionWishes.parse({ canary: { active: true } });

type Held = Subscription & { id: string };
const subscriptions = async ({ ehr }: Whole): Promise<Held[]> =>
  (await ehr.store.search('Subscription')).filter((one): one is Held => one.resourceType === 'Subscription');
const addressOf = (whole: Whole) => ({ publicUrl: whole.url, secret: SECRET });
const change = async (whole: Whole, how: (one: Held) => Subscription) => {
  for (const one of await subscriptions(whole)) await whole.ehr.store.update({ ...how(one), id: one.id });
  await whole.ehr.settle();
};

/** As the clockwork does, in steps of five minutes: poll, canary, and a look at the Subscriptions. */
async function pass(whole: Whole, minutes: number, before?: () => Promise<unknown>): Promise<void> {
  for (let minute = 5; minute <= minutes; minute += 5) {
    whole.jump('PT5M');
    await before?.();
    await whole.poll();
    await tendCanary(whole.service, addressOf(whole), 'test');
    await watchSubscriptions(whole.service, addressOf(whole), 'test');
    await whole.settle();
  }
}
const watched = (whole: Whole) => watchedSubscriptions(whole.database.sql, 'ehr');
const statesOf = async (whole: Whole) => [...new Set((await watched(whole)).map(({ state }) => state))];
const told = async (whole: Whole) =>
  (await hearingLines(whole.database.sql, whole.now(), 'America/Chicago')).filter(line =>
    line.startsWith('Subscription'),
  );

interface Fault {
  name: string;
  /** Each time anew, where the EHR does it again and again; until `heal`. */
  befall: (whole: Whole, stuck: { is: boolean }) => Promise<unknown>;
  again?: boolean;
  heal?: (whole: Whole, stuck: { is: boolean }) => Promise<unknown>;
  /** How it is noticed. */
  state: Watched['state'];
  /** How long that may take. */
  minutes: number;
  why?: string;
}

const drop = (whole: Whole, is: boolean) => Object.assign(whole.ehr.faults, { dropNotifications: is });
const FAULTS: Fault[] = [
  {
    name: 'stuck in requested: the EHR never takes it up',
    befall: async (whole, stuck) => {
      stuck.is = true;
      drop(whole, true);
    },
    heal: async (whole, stuck) => {
      stuck.is = false;
      drop(whole, false);
    },
    state: 'waiting',
    minutes: 15,
  },
  {
    name: 'gone to error',
    befall: whole => change(whole, one => ({ ...one, status: 'error' })),
    state: 'wrong',
    minutes: 5,
    why: 'The EHR has given up on it.',
  },
  {
    name: 'our certificate changed, and the EHR does not trust it: again and again',
    befall: whole => change(whole, one => ({ ...one, status: 'error', error: 'PKIX path building failed for CANARY' })),
    again: true,
    state: 'wrong',
    minutes: 5,
    why: 'The EHR has given up on it: it does not trust our certificate.',
  },
  {
    name: 'switched off',
    befall: whole => change(whole, one => ({ ...one, status: 'off' })),
    state: 'wrong',
    minutes: 5,
    why: 'It is switched off.',
  },
  {
    name: 'expired',
    befall: async whole => {
      await change(whole, one => ({ ...one, end: plus(whole.now(), 'PT30S') }));
    },
    state: 'wrong',
    minutes: 5,
    why: 'It is switched off.',
  },
  {
    name: 'deleted by somebody',
    befall: async whole => {
      for (const { id } of await subscriptions(whole)) await whole.ehr.store.delete('Subscription', id);
    },
    state: 'missing',
    minutes: 5,
  },
  {
    name: 'our endpoint moved: the EHR still tells the former address',
    befall: whole =>
      change(whole, one => ({ ...one, channel: { ...one.channel, endpoint: 'http://127.0.0.1:9/hooks/fhir/ehr' } })),
    state: 'missing',
    minutes: 5,
  },
  {
    name: 'its secret changed by somebody: our door refuses it',
    befall: whole =>
      change(whole, one => ({ ...one, channel: { ...one.channel, header: ['X-Loopkeeper-Secret: CANARY'] } })),
    state: 'wrong',
    minutes: 5,
    why: 'Its secret is another one.',
  },
  {
    name: 'deaf while it calls itself active',
    befall: async whole => drop(whole, true),
    heal: async whole => drop(whole, false),
    state: 'deaf',
    minutes: 40,
  },
];

/** What the EHR says of its Subscriptions; `stuck`: it has taken up none. */
const throughStuck = (stuck: { is: boolean }): WholeOptions['fetch'] => {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!stuck.is || !String(url).includes('/Subscription?')) return response;
    const text = (await response.text()).replaceAll('"status":"active"', '"status":"requested"');
    return new Response(text, { status: response.status, headers: { 'content-type': 'application/fhir+json' } });
  };
};

describe('A Subscription that does not work is noticed, told and mended, and no message is lost', () => {
  it.each(FAULTS)('$name', async ({ befall, again, heal, state, minutes, why }) => {
    const stuck = { is: false };
    const whole = await openNext({ wishes: WISHES, fetch: throughStuck(stuck) });
    await pass(whole, 10);
    expect(await statesOf(whole)).toEqual(['active']);

    await befall(whole, stuck);
    await whole.ehr.store.create(person('ana', ANA));
    await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
    let seen: Watched[] = [];
    let said: string[] = [];
    for (let waited = 0; waited < minutes && seen.length === 0; waited += 5) {
      await pass(whole, 5, again ? () => befall(whole, stuck) : undefined);
      seen = (await watched(whole)).filter(one => one.state === state && one.attempts > 0);
      said = await told(whole);
    }
    expect(seen.length, 'it is noticed').toBeGreaterThan(0);
    expect(said.join('\n'), 'and told').toContain(`: ${state.toUpperCase()} since`);
    if (why) expect([seen[0]?.why, said[0]]).toEqual([why, expect.stringContaining(why.replace(/\.$/, ''))]);
    expect(seen[0]?.attempts).toBe(1);

    if (again) {
      await pass(whole, 60, () => befall(whole, stuck));
      const { attempts = 0, tryAfter = '' } = (await watched(whole))[0] ?? {};
      expect(attempts, 'with back-off: after 5, 10, 20 and 40 minutes').toBe(4);
      expect(tryAfter > plus(whole.now(), 'PT10M')).toBe(true);
    }
    await pass(whole, 15);
    expect((await whole.texts(ANA)).length, 'the poll has heard of the visit').toBe(1);

    await heal?.(whole, stuck);
    await pass(whole, again ? 60 : 25);
    expect(await statesOf(whole), 'it works again').toEqual(['active']);
    expect(await told(whole)).toEqual([]);
    await whole.ehr.store.create(person('ben', BEN));
    await whole.ehr.store.create(visitOf('two', ['ben'], FRIDAY));
    await whole.settle();
    const hooks = await hearingSince(whole.database.sql, minus(whole.now(), 'PT1M'));
    expect(hooks.find(({ type }) => type === 'Appointment')?.byHook, 'and announces').toBe(1);
    expect([...said, ...whole.logged].join('\n')).not.toContain('CANARY');
  });
});

it('after a move the former address is told of, and not touched: it may be another installation', async () => {
  const whole = await openNext();
  await change(whole, one => ({ ...one, channel: { ...one.channel, endpoint: 'http://127.0.0.1:9/hooks/fhir/ehr' } }));
  await watchSubscriptions(whole.service, addressOf(whole), 'test');
  const diff = await compareSubscriptions(whole.service, addressOf(whole));
  expect([diff?.elsewhere.length, diff?.keep.length]).toEqual([6, 6]);
});

it.each<[string, WholeOptions, (whole: Whole) => Promise<unknown>]>([
  ['never had notifications', { hears: 'poll' }, async () => undefined],
  [
    'loses what was pending when it was killed',
    {},
    async whole => {
      drop(whole, true);
      await whole.ehr.store.update(visitOf('one', ['ana'], '2026-11-26T16:00:00.000Z'));
      await whole.ehr.settle();
      drop(whole, false);
    },
  ],
  [
    'was asked for narrower ones than it keeps',
    { wishes: SubscriptionWishes.parse({ resources: { Appointment: { criteria: ['Appointment?status=arrived'] } } }) },
    async () => undefined,
  ],
])('An EHR that %s costs a minute, and no message', async (_, options, befall) => {
  const whole = await openNext(options);
  await whole.ehr.store.create(person('ana', ANA));
  await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
  await befall(whole);
  whole.jump('PT1M');
  await whole.poll();
  await whole.advance('PT20M');
  expect(await whole.texts(ANA)).toHaveLength(1);
});

it('what narrow criteria leave out does not make one look silent', async () => {
  const criteria = ['Appointment?status=arrived'];
  const whole = await openNext({ wishes: SubscriptionWishes.parse({ resources: { Appointment: { criteria } } }) });
  await whole.ehr.store.create(person('ana', ANA));
  for (const id of ['one', 'two', 'three', 'four']) await whole.ehr.store.create(visitOf(id, ['ana'], FRIDAY));
  await pass(whole, 10);
  const hearing = await hearingSince(whole.database.sql, minus(whole.now(), 'PT1H'));
  expect(hearing.find(({ type }) => type === 'Appointment')).toMatchObject({ byHook: 0, byPoll: 4 });
  expect(await statesOf(whole)).toEqual(['active']);
});

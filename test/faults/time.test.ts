import type { Appointment } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { localMoment } from '../../sync/cli/print.ts';
import type { Instant } from '../../sync/domain/clock.ts';
import { atLocal } from '../../sync/domain/time.ts';
import { freshlyReviewed } from '../sandbox/freshly-reviewed.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { shippedPolicy } from '../support/policy.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';
import { canary, expectNothingLeaked, fates, openTasks, words } from './leaks.ts';

/*
 * Faults of time, on the whole service. Elapsed time over a change of clocks: test/stories/change-of-clocks.yaml; two days of
 * the service being down: test/stories/outage.yaml; a service that slept in the midst of sending: test/reconcile/deliver.test.ts
 * and test/torture; hours on a wall, months and leap years as such: test/domain/time.test.ts; a clock of the EHR that is
 * wrong: ehr-records.test.ts here, and for tokens test/fhir/auth.test.ts.
 */

const openNext = wholes();
/** Nobody has reviewed the texts for 2028. */
const { policy } = freshlyReviewed({ policy: shippedPolicy(), version: 'shipped' }, '2030-01-01T00:00:00.000Z');
const open = (options: WholeOptions = {}) => openNext({ policy, ...options });
const visit = async ({ ehr }: Whole, id = 'one') => (await ehr.store.read('Appointment', id)) as Appointment;
const until = (whole: Whole, at: Instant) => `PT${(Date.parse(at) - Date.parse(whole.now())) / 1000}S`;

const CHICAGO = { zone: 'America/Chicago', location: 'location-riverside', state: 'IL' };
const DENVER = { zone: 'America/Denver', location: 'location-mesa', state: 'CO' };
const BACK = { friday: '2026-10-30', saturday: '2026-10-31', monday: '2026-11-02', tuesday: '2026-11-03' };
const FORTH = { friday: '2027-03-12', saturday: '2027-03-13', monday: '2027-03-15', tuesday: '2027-03-16' };

describe('the change of clocks while messages wait', () => {
  it.each([
    [
      'back, in Chicago',
      CHICAGO,
      BACK,
      ['Sat 2026-10-31 15:00 CDT', 'Sat 2026-10-31 19:59 CDT', 'Sun 2026-11-01 12:00 CST', 'Sun 2026-11-01 19:59 CST'],
    ],
    [
      'forth, in Chicago',
      CHICAGO,
      FORTH,
      ['Sat 2027-03-13 13:00 CST', 'Sat 2027-03-13 19:59 CST', 'Sun 2027-03-14 12:00 CDT', 'Mon 2027-03-15 09:00 CDT'],
    ],
    [
      'back, in Denver',
      DENVER,
      BACK,
      ['Sat 2026-10-31 15:00 MDT', 'Sat 2026-10-31 19:59 MDT', 'Sun 2026-11-01 12:00 MST', 'Sun 2026-11-01 19:59 MST'],
    ],
    [
      'forth, in Denver',
      DENVER,
      FORTH,
      ['Sat 2027-03-13 13:00 MST', 'Sat 2027-03-13 19:59 MST', 'Sun 2027-03-14 12:00 MDT', 'Mon 2027-03-15 09:00 MDT'],
    ],
  ] as const)(
    '%s: 48 hours stay 48 hours, the night stays quiet, and the hour is that on the wall',
    async (_, where, days, at) => {
      const { zone, location, state } = where;
      const wall = (date: string, hour: string) => atLocal(date, hour, zone);
      const whole = await open({
        at: wall(days.friday, '10:00'),
        before: async ({ store }) => {
          await store.create({ ...canary('ana', ANA), address: [{ state }] });
          await store.create(visitOf('one', ['ana'], wall(days.monday, '14:00'), { location }));
        },
      });
      await whole.advance(until(whole, wall(days.saturday, '22:00')));
      await whole.ehr.store.update(visitOf('one', ['ana'], wall(days.tuesday, '09:30'), { location }));
      await whole.advance(until(whole, wall(days.tuesday, '12:00')));
      const texts = await whole.texts();
      expect(texts.map(text => localMoment(text.at, zone))).toEqual(at);
      expect(texts.map(text => text.body)).toEqual([
        expect.stringMatching(/Mon.* 2:00 PM/),
        expect.stringMatching(/Mon.* bring/),
        expect.stringMatching(/2:00 PM.* is now Tue.* 9:30 AM/),
        // In spring it is held by the cap of two in 24 hours: of this night one is missing.
        expect.stringMatching(/Tue.* bring/),
      ]);
      await expectNothingLeaked(whole);
    },
  );
});

it.each([
  ['on it', '2028-02-29', 'Sun 2028-02-27 13:00 CST', /Tue, Feb 29 at 1:00 PM/],
  ['on the day after', '2028-03-01', 'Mon 2028-02-28 13:00 CST', /Wed, Mar 1 at 1:00 PM/],
] as const)('a leap day: two days before a visit %s', async (_, date, at, says) => {
  const whole = await open({
    at: '2028-02-24T16:00:00.000Z',
    before: async ({ store }) => {
      await store.create(canary('ana', ANA));
      await store.create(visitOf('one', ['ana'], atLocal(date, '13:00', CHICAGO.zone)));
    },
  });
  await whole.advance('P4DT12H');
  const [first] = await whole.texts();
  expect([first && localMoment(first.at, CHICAGO.zone), first?.body]).toEqual([at, expect.stringMatching(says)]);
});

describe('the clock of our machine', () => {
  const FRIDAY = '2026-11-27T17:00:00.000Z';
  const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
  /** Its reminder is due in an hour. */
  const WEDNESDAY = '2026-11-25T17:00:00.000Z';

  const start = async (...visits: Appointment[]) => {
    const whole = await open();
    await whole.ehr.store.create(canary('ana', ANA));
    for (const one of visits) await whole.ehr.store.create(one);
    await whole.settle();
    return whole;
  };
  /** What a wrong hour may cost is the hour: it is looked around then, and put right. */
  const wrongFor = async (whole: Whole, ahead: string) => {
    whole.setClockAhead(ahead);
    await whole.settle();
    await whole.poll();
    whole.setClockAhead('PT0S');
    await whole.settle();
  };

  it.each([
    ['ahead', 'PT2H'],
    ['ahead by a minute', 'PT1M'],
    ['back', '-PT2H'],
  ])('jumps %s and is put right: what was due is said once', async (_, ahead) => {
    const whole = await start(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT9M30S');
    await wrongFor(whole, ahead);
    await whole.advance('PT5H');
    expect(await words(whole)).toEqual([expect.stringMatching(/booked for Fri, Nov 27/)]);
    await expectNothingLeaked(whole);
  });

  it('jumps ahead, tells, and is put right; the visit moves then: told of it once, and all that follows is of the new hour', async () => {
    const whole = await start(visitOf('one', ['ana'], FRIDAY));
    await whole.advance('PT5M');
    await wrongFor(whole, 'PT3H');
    expect(await words(whole)).toHaveLength(1);
    await whole.ehr.store.update({ ...(await visit(whole)), start: NEXT_MONDAY });
    await whole.advance('P1D');
    // By the stamps on the phone the first of them came last.
    expect((await words(whole)).sort()).toEqual([
      expect.stringMatching(/Nov 27.* is now Mon, Nov 30/),
      expect.stringMatching(/booked for Fri, Nov 27/),
    ]);
    await whole.advance('P6D');
    expect((await words(whole)).filter(body => /Nov 27/.test(body))).toHaveLength(2);
    expect((await words(whole)).filter(body => /is now/.test(body))).toHaveLength(1);
    expect(await openTasks(whole, 'ana')).not.toContain('unsure-visit');
    await expectNothingLeaked(whole);
  });

  it('is set back by two hours, and stays so for an hour: nothing is said twice, nothing waits for ever', async () => {
    const whole = await start(visitOf('two', ['ana'], WEDNESDAY));
    await whole.advance('PT2H');
    const before = await words(whole);
    whole.setClockAhead('-PT2H');
    await whole.ehr.store.create(canary('ben', BEN));
    await whole.ehr.store.create(visitOf('one', ['ben'], FRIDAY));
    await whole.advance('PT1H');
    whole.setClockAhead('PT0S');
    await whole.advance('PT3H');
    expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
      before,
      [expect.stringMatching(/booked for Fri, Nov 27/)],
    ]);
    await whole.says(ANA, 'C');
    expect((await visit(whole, 'two')).participant[0]?.status).toBe('accepted');
  });
});

it('the machine sleeps for three days: nothing late is said, and what changed meanwhile is told once', async () => {
  const whole = await open({
    before: async ({ store }) => {
      for (const [id, number] of [
        ['ana', ANA],
        ['ben', BEN],
      ] as const)
        await store.create(canary(id, number));
      await store.create(visitOf('over', ['ana'], '2026-11-25T17:00:00.000Z'));
      await store.create(visitOf('moves', ['ben'], '2026-12-07T17:00:00.000Z'));
    },
  });
  whole.jump('PT30M');
  await whole.ehr.store.update(visitOf('moves', ['ben'], '2026-12-09T17:00:00.000Z'));
  whole.jump('P3D');
  await whole.settle();
  await whole.poll();
  await whole.advance('PT12H');
  expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
    [],
    [expect.stringMatching(/Mon, Dec 7.* is now Wed, Dec 9/)],
  ]);
  expect(await fates(whole, 'ana')).toContainEqual('reminder-48h expired too-late');
  await expectNothingLeaked(whole);
});

import type { Appointment } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { deliveryFailure } from '../../sync/channels/twilio/errors.ts';
import { pause } from '../../sync/cli/operate.ts';
import { listener } from '../cli/hears.ts';
import { ANA, BEN, visitOf } from '../support/chart.ts';
import { MONDAY, type Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';
import { canary, expectNothingLeaked, fates, openTasks, words } from './leaks.ts';

/* Faults that come together, where one could hide what another does. Those by dice: test/chaos. */

const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_MONDAY = '2026-11-30T17:00:00.000Z';
const SUSPENDED = deliveryFailure(30002);
const open = wholes();

const visit = async ({ ehr }: Whole, id = 'one') => (await ehr.store.read('Appointment', id)) as Appointment;
const move = async (whole: Whole, id: string, start: string) =>
  whole.ehr.store.update({ ...(await visit(whole, id)), start, end: start.replace(':00:00', ':30:00') });

const before = async ({ store }: Whole['ehr']) => {
  await store.create(canary('ana', ANA));
  await store.create(canary('ben', BEN));
  await store.create(visitOf('one', ['ana'], FRIDAY));
  await store.create(visitOf('two', ['ben'], FRIDAY));
};

/** With them a poll has three pages. */
const OVER = Array.from({ length: 450 }, (_, i) =>
  visitOf(`old-${i}`, ['ben'], '2026-01-05T17:00:00.000Z', { status: 'fulfilled' }),
);

it('429 on the third page of a poll, while a hook tells of a cancellation and the poll’s own page of a move: each told once', async () => {
  /** Pages turned since then; undefined while nothing goes wrong. */
  let turned: number | undefined;
  const whole: Whole = await open({
    async before(ehr) {
      await before(ehr);
      for (const one of OVER) await ehr.store.create(one);
    },
    async fetch(url, init) {
      if (turned === undefined) return fetch(url, init);
      if (String(url).includes('_getpages')) turned += 1;
      if (turned < 2) return fetch(url, init);
      if (turned === 2 && (await visit(whole, 'two')).status === 'booked') {
        await whole.ehr.store.update({ ...(await visit(whole, 'two')), status: 'cancelled' });
        await whole.ehr.settle();
      }
      return new Response('{}', { status: 429, headers: { 'retry-after': '600' } });
    },
  });
  // The hooks of all this are lost: only the poll can bring it, in three pages.
  whole.ehr.faults.dropNotifications = true;
  whole.jump('PT1H');
  for (const one of OVER) await whole.ehr.store.update({ ...one, comment: 'Archived.' });
  await move(whole, 'one', NEXT_MONDAY);
  whole.ehr.faults.dropNotifications = false;
  turned = 0;
  await expect(whole.poll()).rejects.toThrow(/asked for silence|answered 429/);
  expect([turned, (await visit(whole, 'two')).status]).toEqual([2, 'cancelled']);
  await whole.settle();
  expect(await words(whole)).toEqual([]);
  turned = undefined;
  await whole.advance('PT20M');
  await whole.poll();
  await whole.advance('PT1H');
  await whole.poll();
  await whole.advance('PT1H');
  expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
    [expect.stringMatching(/Fri, Nov 27.* is now Mon, Nov 30/)],
    [expect.stringMatching(/Fri, Nov 27.*is off/)],
  ]);
  await expectNothingLeaked(whole);
});

it('a provider that stopped, a STOP meanwhile and a visit that came back to its hour: nothing is left to say, but to the one who writes', async () => {
  let isSuspended = true;
  const whole = await open({
    before,
    channels: ({ sms }) => ({
      sms: sms && {
        ...sms,
        send: message =>
          isSuspended ? Promise.resolve({ outcome: 'refused', failure: SUSPENDED }) : sms.send(message),
      },
    }),
  });
  await move(whole, 'one', NEXT_MONDAY);
  await move(whole, 'two', NEXT_MONDAY);
  await whole.advance('PT1H');
  await whole.says(ANA, 'STOP');
  await move(whole, 'two', FRIDAY);
  await whole.advance('PT1H');
  isSuspended = false;
  await pause(whole.database, false, listener());
  await whole.advance('PT3H');
  expect(await words(whole)).toEqual([]);
  // She asked for silence, and still has to know; the receipt of her STOP came too late to be worth anything.
  expect(await openTasks(whole, 'ana')).toContain('call-patient');
  expect((await fates(whole, 'ben')).filter(line => line.startsWith('change'))).toEqual([
    'change-notice withdrawn visit-moved',
  ]);
  await expectNothingLeaked(whole);
});

it('an EHR that fails, a provider that takes texts in silence, a clock two hours ahead, and a service that dies of it: each told once', async () => {
  const whole = await open({ before });
  await move(whole, 'one', NEXT_MONDAY);
  whole.phones.send = 'silent-kept';
  whole.ehr.faults.serverErrors = 20;
  await whole.advance('PT10M');
  whole.setClockAhead('PT2H');
  await whole.advance('PT20M');
  whole.restart();
  await whole.settle();
  whole.setClockAhead('PT0S');
  whole.phones.send = 'works';
  whole.ehr.faults.serverErrors = 0;
  await move(whole, 'two', NEXT_MONDAY);
  await whole.advance('PT6H');
  await whole.poll();
  await whole.advance('PT1H');
  expect([await words(whole, ANA), await words(whole, BEN)]).toEqual([
    [expect.stringMatching(/Fri, Nov 27.* is now Mon, Nov 30/)],
    [expect.stringMatching(/Fri, Nov 27.* is now Mon, Nov 30/)],
  ]);
  expect(whole.now() > MONDAY).toBe(true);
  await expectNothingLeaked(whole);
});

import type { Appointment } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { rebuild } from '../../sync/reconcile/rebuild.ts';
import { releaseAll } from '../../sync/reconcile/release.ts';
import { openBrakes } from '../../sync/store/brake.ts';
import { messagesOf } from '../../sync/store/find-messages.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
const FRIDAY = '2026-11-27T17:00:00.000Z';
const NEXT_FRIDAY = '2026-12-04T17:00:00.000Z';
const MONTHS_AWAY = '2027-03-05T17:00:00.000Z';

const open = () =>
  openNext({
    before: async ({ store }) => {
      await store.create(person('ana', ANA));
      await store.create(person('ben', BEN));
      for (const id of ['one', 'two', 'three']) await store.create(visitOf(id, ['ana'], MONTHS_AWAY));
    },
  });

async function move({ ehr }: Whole, id: string, start: string) {
  const visit = (await ehr.store.read('Appointment', id)) as Appointment;
  await ehr.store.update({ ...visit, start, end: start.replace('17:00', '17:30') });
}

/** A day's work: one moved, which Ana is told; one booked for Ben, who is told too. */
async function aDaysWork(whole: Whole) {
  await move(whole, 'one', NEXT_FRIDAY);
  await whole.ehr.store.create(visitOf('four', ['ben'], FRIDAY));
  await whole.advance('PT2H');
}

/** At a moment of its own: everything before is in it, and nothing after. */
function takeBackup(whole: Whole) {
  whole.jump('PT1M');
  const backup = whole.now();
  whole.jump('PT1M');
  return backup;
}

const words = async (whole: Whole) => (await whole.texts()).map(text => text.body);
const brakes = async (whole: Whole) => (await openBrakes(whole.database.sql)).map(brake => brake.cause);

it('says nothing to anybody when the EHR was restored from yesterday’s backup, and tells the operator', async () => {
  const whole = await open();
  const backup = takeBackup(whole);
  await aDaysWork(whole);
  const before = await words(whole);
  expect(before).toHaveLength(2);
  whole.ehr.restore(backup);
  // Ben's reminder is due on the way: the gate looks at his visit, which the EHR has never heard of.
  await whole.advance('P2D');
  expect(await words(whole)).toEqual(before);
  expect(await brakes(whole)).toEqual(['ehr-went-back']);
  expect(whole.logged.join('')).toContain('restored from a backup');
});

it('notices it too when the first thing heard is a change that counts on from the backup', async () => {
  const whole = await open();
  const backup = takeBackup(whole);
  await move(whole, 'one', NEXT_FRIDAY);
  await move(whole, 'two', NEXT_FRIDAY);
  await move(whole, 'one', FRIDAY);
  await whole.advance('PT2H');
  whole.ehr.restore(backup);
  await move(whole, 'one', '2026-12-11T17:00:00.000Z');
  await whole.poll();
  expect(await brakes(whole)).toEqual(['ehr-went-back']);
});

it('takes one record that vanished for what it is', async () => {
  const whole = await open();
  const backup = takeBackup(whole);
  await whole.ehr.store.create(visitOf('four', ['ben'], FRIDAY));
  whole.ehr.restore(backup);
  await whole.settle();
  await whole.advance('P2D');
  expect(await brakes(whole)).toEqual([]);
});

it('has the same plans after the mirror was rebuilt, and tells nobody anything', async () => {
  const whole = await open();
  await aDaysWork(whole);
  await whole.ehr.store.create(visitOf('five', ['ana'], FRIDAY));
  await whole.advance('PT5M');
  const plans = async () => ({
    ana: await messagesOf(whole.database.sql, 'Patient/ana'),
    ben: await messagesOf(whole.database.sql, 'Patient/ben'),
  });
  const before = await plans();
  const said = await words(whole);
  expect(before.ana.some(row => row.state === 'planned')).toBe(true);
  // The running service polls every minute, and keeps the others from it.
  await whole.poll();
  expect(await rebuild(whole.service, 'operator')).toMatchObject({ gone: 0 });
  await whole.settle();
  expect(await plans()).toEqual(before);
  expect(await words(whole)).toEqual(said);
  expect(await firstBrokenSeal(whole.database.sql)).toBeUndefined();
  await whole.advance('P1D');
  expect((await words(whole)).length, 'and life goes on').toBeGreaterThan(said.length);
});

it('reads the truth of the backup when rebuilt, and says it only once a person lets it', async () => {
  const whole = await open();
  const backup = takeBackup(whole);
  await aDaysWork(whole);
  const before = await words(whole);
  whole.ehr.restore(backup);
  await whole.advance('P2D');
  expect(await rebuild(whole.service, 'operator')).toMatchObject({ gone: 2 });
  await whole.advance('PT1H');
  expect(await words(whole)).toEqual(before);
  await releaseAll(whole.service, 'operator');
  await whole.advance('PT1H');
  expect((await words(whole)).slice(before.length)).toEqual([
    expect.stringMatching(/Ana.*Mar 5/),
    expect.stringMatching(/Ben on Fri, Nov 27.*is off/),
  ]);
});

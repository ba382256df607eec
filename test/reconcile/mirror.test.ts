import type { Appointment } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { takeIn } from '../../sync/reconcile/observe.ts';
import { factsOf } from '../../sync/store/facts.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T20:00:00.000Z';
const MONDAY_AFTER = '2026-11-30T20:00:00.000Z';

async function booked(options?: WholeOptions): Promise<Whole> {
  const whole = await open(options);
  await whole.ehr.store.create(person('ana', ANA));
  await whole.ehr.store.create(visitOf('one', ['ana'], FRIDAY));
  await whole.poll();
  return whole;
}

const visit = (whole: Whole) => whole.ehr.store.read('Appointment', 'one') as Promise<Appointment>;
const held = async (whole: Whole, patient = 'Patient/ana') =>
  (await factsOf(whole.database.sql, patient)).appointments.map(({ fact, deleted }) => [
    fact.status,
    fact.start,
    deleted,
  ]);
const generation = async (whole: Whole, patient = 'Patient/ana') =>
  (await whole.database.sql.selectFrom('patient').selectAll().where('reference', '=', patient).executeTakeFirst())
    ?.generation;

it('never goes backwards, whatever comes late or again', async () => {
  const whole = await booked();
  const first = await visit(whole);
  const moved = await whole.ehr.store.update({ ...first, start: MONDAY_AFTER, end: '2026-11-30T20:30:00.000Z' });
  await whole.poll();
  const before = await generation(whole);
  const counts = await takeIn(whole.service, { resources: [first, moved, first], deleted: [] });
  expect(counts).toMatchObject({ identical: 1, updated: 0 });
  expect(await takeIn(whole.service, { resources: [first], deleted: [] })).toMatchObject({ older: 1 });
  expect([await held(whole), await generation(whole)]).toEqual([[['booked', MONDAY_AFTER, false]], before]);
});

it('revives nothing from a page that was read before the deletion', async () => {
  const whole = await booked();
  const last = await visit(whole);
  await whole.ehr.store.delete('Appointment', 'one');
  await whole.poll();
  expect(await held(whole)).toEqual([['booked', FRIDAY, true]]);
  await takeIn(whole.service, { resources: [last], deleted: [] });
  expect(await held(whole)).toEqual([['booked', FRIDAY, true]]);
});

it('wakes both patients when a visit changes hands', async () => {
  const whole = await booked();
  await whole.ehr.store.create(person('ben', BEN));
  await whole.advance('PT20M');
  const one = await visit(whole);
  const participant = one.participant.map(each =>
    each.actor?.reference === 'Patient/ana' ? { ...each, actor: { reference: 'Patient/ben' } } : each,
  );
  await whole.ehr.store.update({ ...one, participant });
  await whole.advance('PT20M');
  expect((await whole.texts()).map(text => [text.to, /is off/.test(text.body)])).toEqual([
    [ANA, false],
    [BEN, false],
    [ANA, true],
  ]);
});

it('takes its own words, come back through the chart, for no news', async () => {
  const whole = await booked();
  await whole.advance('PT1H');
  expect((await whole.ehr.store.search('Communication')).length).toBe(1);
  const before = await generation(whole);
  await whole.poll();
  await whole.advance('PT1H');
  await whole.poll();
  expect(await generation(whole)).toBe(before);
});

it('withdraws nothing because a search came back empty', async () => {
  let empty = false;
  const whole = await booked({
    fetch: async (url, init) =>
      empty && /\/Appointment(\/_history)?\?/.test(String(url))
        ? Response.json({ resourceType: 'Bundle', type: 'searchset', entry: [] })
        : fetch(url, init),
  });
  empty = true;
  await whole.poll();
  expect(await held(whole)).toEqual([['booked', FRIDAY, false]]);
});

it('plans the same whether it is told of changes or has to ask for them', async () => {
  const days = async (hears: 'hooks' | 'poll') => {
    const whole = await booked({ hears });
    const step = async (change: Partial<Appointment>) => {
      await whole.ehr.store.update({ ...(await visit(whole)), ...change } as Appointment);
      if (hears === 'poll') await whole.poll();
      await whole.advance('PT3H');
      if (hears === 'poll') await whole.poll();
    };
    await step({ start: MONDAY_AFTER, end: '2026-11-30T20:30:00.000Z' });
    await step({ status: 'cancelled' });
    await step({ status: 'booked' });
    await step({ comment: 'Brings her own records.' });
    const query = whole.database.sql.selectFrom('message').select(['key', 'state', 'reason']).orderBy('key');
    return { texts: (await whole.texts()).map(text => text.body), messages: await query.execute() };
  };
  expect(await days('poll')).toEqual(await days('hooks'));
});

import { expect, it } from 'vitest';
import { setPaused } from '../../sync/store/control.ts';
import { endedInChart } from '../../sync/store/task.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const WEDNESDAY = '2026-11-25T17:00:00.000Z';
const THURSDAY = '2026-11-26T17:00:00.000Z';

const openNext = wholes();
let whole: Whole;
let isDown = false;

/** Monday noon; Ana has been reminded of Wednesday at eleven. */
async function reminded(...more: Parameters<Whole['ehr']['store']['create']>[0][]) {
  isDown = false;
  whole = await openNext({
    before: async ({ store }) => {
      for (const one of [person('ana', ANA), visitOf('one', ['ana'], WEDNESDAY), ...more]) await store.create(one);
    },
    fetch: async (...request) => (isDown ? new Response('{}', { status: 503 }) : fetch(...request)),
  });
  await whole.advance('PT2H');
}

/** Nothing is to be done meanwhile that could be done. */
const later = async (duration: string) => {
  whole.jump(duration);
  await whole.settle();
};
const pause = (paused: boolean) => setPaused(whole.database.sql, paused, 'test', whole.now());
const texts = async () => (await whole.texts(ANA)).map(text => text.body).slice(1);
const ours = async () => {
  const rows = whole.database.sql.selectFrom('task').selectAll().where('rule', '=', 'answering').orderBy('key');
  return (await rows.execute()).map(row => ({ ...row.plan, state: row.state }));
};

it('a yes that could not be answered while it was worth answering is answered by a person', async () => {
  await reminded();
  isDown = true;
  await whole.says(ANA, 'C');
  await later('PT59M');
  expect(await ours()).toEqual([]);
  await later('PT2M');
  // Not only once the EHR is back: people see it on our own pages too.
  const expected = { code: 'answer-patient', patient: 'Patient/ana', priority: 'urgent', about: ['Appointment/one'] };
  expect(await ours()).toMatchObject([expected]);
  await later('PT1H');
  isDown = false;
  await later('PT30M');
  expect(await texts()).toEqual([]);
  const [task, ...others] = await tasksIn(whole);
  expect(others).toEqual([]);
  expect(task).toMatchObject({ status: 'requested', for: { reference: 'Patient/ana' } });
  expect(task?.description).toContain('“C”');
});

it.each([
  ['the phone refuses', 'refuses', 'failed'],
  ['may or may not have arrived', 'silent-lost', 'unknown'],
] as const)('an answer that %s is given by a person', async (_, send, state) => {
  await reminded();
  whole.phones.send = send;
  await whole.says(ANA, 'C');
  const rows = whole.database.sql.selectFrom('message').select('state').where('rule', '=', 'answering');
  expect(await rows.execute()).toEqual([{ state }]);
  expect((await ours()).map(task => [task.code, task.state])).toEqual([['answer-patient', 'open']]);
});

it('once a person has done it, nobody is asked again', async () => {
  await reminded();
  isDown = true;
  await whole.says(ANA, 'C');
  await later('PT2H');
  for (const { key } of await ours()) await endedInChart(whole.database.sql, key, whole.now());
  isDown = false;
  await later('PT30M');
  expect((await ours()).map(task => task.state)).toEqual(['done']);
});

it('a no has its Task already', async () => {
  await reminded();
  isDown = true;
  await whole.says(ANA, "I can't make it");
  await later('PT2H');
  expect((await ours()).map(task => task.code)).toEqual(['cancel-request']);
});

it('a question that was never put leaves its message to a person', async () => {
  await reminded(visitOf('two', ['ana'], THURSDAY));
  await whole.advance('P1D');
  await pause(true);
  await whole.says(ANA, 'C');
  await later('PT61M');
  await pause(false);
  await later('PT5M');
  expect((await ours()).map(task => task.code)).toEqual(['answer-patient']);
});

it('what was said instead leaves nobody waiting: the notice of a cancellation, and the end of a STOP', async () => {
  await reminded();
  await pause(true);
  await whole.says(ANA, 'C');
  const one = await whole.ehr.store.read('Appointment', 'one');
  await whole.ehr.store.update({ ...one, status: 'cancelled' } as typeof one);
  await whole.settle();
  await pause(false);
  await whole.settle();
  expect((await texts()).join()).not.toMatch(/You are confirmed/);
  await pause(true);
  await whole.says(ANA, 'STOP');
  await later('PT2H');
  await pause(false);
  await later('PT5M');
  expect(await ours()).toEqual([]);
});

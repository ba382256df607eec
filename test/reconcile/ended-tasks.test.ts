import type { Task } from '@medplum/fhirtypes';
import { expect, it } from 'vitest';
import { tasksOf } from '../../sync/store/task.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { tasksIn } from '../support/in-chart.ts';
import type { Whole, WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const openNext = wholes();
let whole: Whole;

const inChart = () => tasksIn(whole);
const ours = async () =>
  (await tasksOf(whole.database.sql, 'Patient/ana')).map(({ code, state }) => `${code} ${state}`);

/** Ana has asked a question, and the Task for it stands in the chart. */
async function asked(options: WholeOptions = {}): Promise<Task> {
  whole = await openNext({
    ...options,
    before: async ehr => {
      await ehr.store.create(person('ana', ANA));
      await ehr.store.create(visitOf('one', ['ana'], '2026-11-25T17:00:00.000Z'));
    },
  });
  await whole.says(ANA, 'May I bring my dog?');
  const [task] = await inChart();
  return task ?? expect.fail('There is no Task in the chart.');
}

const journal = async () =>
  (await whole.database.sql.selectFrom('journal').select(['who', 'what', 'patient']).orderBy('seq').execute()).at(-1);

const ENDINGS: [how: string, end: (task: Task) => Promise<unknown>][] = [
  ['completed', task => whole.ehr.store.update({ ...task, status: 'completed' })],
  ['rejected', task => whole.ehr.store.update({ ...task, status: 'rejected' })],
  ['entered in error', task => whole.ehr.store.update({ ...task, status: 'entered-in-error' })],
  ['deleted', task => whole.ehr.store.delete('Task', task.id as string)],
];

it.each(ENDINGS)('a Task %s in the EHR is done, and is not written again', async (_, end) => {
  await end(await asked());
  const held = await inChart();
  await whole.poll();
  expect(await ours()).toEqual(['answer-patient done']);
  expect(await journal()).toEqual({ who: 'staff', what: 'close', patient: 'Patient/ana' });
  expect(await inChart()).toEqual(held);
});

const STAYING: [how: string, change: (task: Task) => Task][] = [
  ['is taken up', task => ({ ...task, status: 'accepted', owner: { reference: 'Practitioner/lin' } })],
  ['carries another identifier', task => ({ ...task, status: 'completed', identifier: [{ system: 'x', value: 'y' }] })],
];

it.each(STAYING)('a Task that %s stays open', async (_, change) => {
  const task = await asked();
  await whole.ehr.store.update(change(task));
  await whole.poll();
  expect(await ours()).toEqual(['answer-patient open']);
});

it('what a search does not show is read before it is believed gone', async () => {
  let searches = 0;
  const forgetful: typeof fetch = async (url, init) => {
    if (!String(url).includes('Task?_id=')) return fetch(url, init);
    searches += 1;
    return Response.json({ resourceType: 'Bundle', type: 'searchset' });
  };
  await asked({ fetch: forgetful });
  await whole.poll();
  expect(searches).toBeGreaterThan(0);
  expect(await ours()).toEqual(['answer-patient open']);
});

import { expect, it } from 'vitest';
import { sweep } from '../../sync/reconcile/sweep.ts';
import { addHints } from '../../sync/store/notification.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import type { WholeOptions } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T16:00:00.000Z';

/** An EHR that answers 500 to whoever reads the one visit. */
const poisoned = (id: string): WholeOptions['fetch'] => {
  return async (url, init) =>
    String(url).endsWith(`/Appointment/${id}`) && init?.method === 'GET'
      ? new Response('{}', { status: 500 })
      : fetch(url, init);
};

it('a record that cannot be read now holds up neither other records nor a STOP', async () => {
  const whole = await open({ fetch: poisoned('bad') });
  await whole.ehr.store.create(person('ana', ANA));
  await whole.ehr.store.create(person('ben', BEN));
  await whole.ehr.store.create(visitOf('bad', ['ana'], FRIDAY));
  await whole.ehr.store.create(visitOf('good', ['ben'], FRIDAY));
  await whole.settle();
  await whole.advance('PT15M');
  expect((await whole.texts()).map(text => text.to)).toEqual([BEN]);
  await whole.says(BEN, 'STOP');
  expect((await whole.texts(BEN)).map(text => text.body.match(/opted out|no more/i)?.[0])).toHaveLength(2);
  const left = await whole.database.sql.selectFrom('notification').selectAll().execute();
  expect(left.map(row => row.resource_id)).toEqual(['bad']);
});

it('says that a sweep was not complete, after having done the rest of it', async () => {
  const whole = await open({ hears: 'poll', fetch: poisoned('bad') });
  await whole.ehr.store.create(person('ben', BEN));
  await whole.ehr.store.create(visitOf('good', ['ben'], FRIDAY));
  const told = ['Patient/ben', 'Appointment/bad', 'Appointment/good'].map(reference => {
    const [type = '', id = ''] = reference.split('/');
    return { connection: 'ehr', type, id };
  });
  await addHints(whole.database.sql, told, whole.now());
  await expect(sweep(whole.service)).rejects.toThrow('500');
  const planned = await whole.database.sql.selectFrom('message').select('patient').distinct().execute();
  expect(planned.map(row => row.patient)).toEqual(['Patient/ben']);
});

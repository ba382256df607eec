import type { Appointment } from '@medplum/fhirtypes';
import { sql as raw } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { explain } from '../../sync/reconcile/explain.ts';
import { setPaused } from '../../sync/store/control.ts';
import type { Database } from '../../sync/store/database.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import { ANA, person, visitOf } from '../support/chart.ts';
import { beside, openTestDatabase } from '../support/database.ts';
import { communicationsIn, tasksIn } from '../support/in-chart.ts';
import { openWhole, type Whole } from '../support/whole.ts';

const ELEVEN = '2026-11-25T17:00:00.000Z';
const HALF_PAST = '2026-11-25T17:30:00.000Z';
const SEVEN_IN_THE_EVENING = '2026-11-26T01:00:00.000Z';

let database: Database;
const practices: Whole[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  for (const practice of practices) await practice.close();
  await database.close();
});

/** Both count their ids from one and know the same Ana with the same visit: whatever can collide does. */
async function open(whose: Database, start: string): Promise<Whole> {
  const before = async ({ store }: Whole['ehr']) => {
    await store.create(person('ana', ANA));
    await store.create(visitOf('one', ['ana'], start));
  };
  const practice = await openWhole({ database: whose, before });
  practices.push(practice);
  return practice;
}

const words = async (practice: Whole) => (await practice.texts()).map(text => text.body);
const rowsOf = async (practice: string) => {
  const { rows } = await raw<{ table: string; n: number }>`
    select t.table_name as table, (xpath('/row/n/text()', query_to_xml(
      format('select count(*) as n from %I where practice = %L', t.table_name, ${practice}::text), false, true, '')))[1]::text::int as n
    from information_schema.tables t where t.table_schema = 'public' and t.table_name <> 'migration' order by 1`.execute(
    database.sql,
  );
  return rows;
};

it('Two practices in one database do not see each other', async () => {
  const elm = await open(database, ELEVEN);
  const oak = await open(beside(database, 'oak-street'), HALF_PAST);
  await elm.advance('PT2H');
  await oak.advance('PT2H');
  expect(await words(elm)).toEqual([expect.stringContaining('11:00 AM')]);
  expect(await words(oak)).toEqual([expect.stringContaining('11:30 AM')]);

  await elm.says(ANA, 'C');
  await oak.says(ANA, 'STOP');
  const before = await rowsOf('practice');
  const visit = (await oak.ehr.store.read('Appointment', 'one')) as Appointment;
  await oak.ehr.store.update({ ...visit, start: SEVEN_IN_THE_EVENING });
  await setPaused(oak.database.sql, true, 'operator', oak.now());
  await oak.advance('PT1H');
  expect(await rowsOf('practice'), 'nothing of the one was touched by the other').toEqual(before);

  await elm.advance('P1DT22H');
  const said = await words(elm);
  expect(said.filter(text => text.includes('11:00 AM')).length, 'a STOP next door and a pause there stop nothing').toBe(
    3,
  );
  expect((await words(oak)).filter(text => text.includes('7:00 PM'))).toEqual([]);
  expect(await communicationsIn(elm)).toHaveLength(said.length + 1);
  expect((await tasksIn(elm)).map(task => task.code?.coding?.[0]?.code)).toEqual([]);
  expect(JSON.stringify(await explain(elm.service, 'Appointment/one'))).not.toContain('2026-11-25T17:30');
  for (const one of [elm, oak]) expect(await firstBrokenSeal(one.database.sql)).toBeUndefined();
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { child, motherOf, person } from '../support/chart.ts';
import { phoneDirectory } from './phone-directory.ts';
import { openTestbed, type Testbed } from './testbed.ts';

const MARIA = '+13125550155';
const clinic = { stateZones: {}, zone: 'America/Chicago', country: 'US' };
let ehr: Testbed;
beforeAll(async () => {
  ehr = await openTestbed();
});
afterAll(() => ehr.close());

it('lists a mother of two once, and nobody who has no number', async () => {
  for (const id of ['eva', 'leo']) {
    await ehr.store.create(child(id));
    await ehr.store.create(motherOf(id, MARIA));
  }
  await ehr.store.create(person('maria', MARIA));
  const found = await phoneDirectory(ehr, clinic, '2026-11-23T16:00:00.000Z');
  expect(found.map(({ reference, name }) => [reference, name])).toEqual([['Patient/maria', 'Maria Reyes']]);
  expect(found[0]?.standsFor).toEqual(expect.arrayContaining(['Patient/eva', 'Patient/leo']));
});

import { expect, it } from 'vitest';
import { openBrakes } from '../../sync/store/brake.ts';
import { ANA, BEN, person, visitOf } from '../support/chart.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T16:00:00.000Z';

/** Her rows are such that no plan can be made from them. */
async function withSpoiltRow(): Promise<Whole> {
  const whole = await open({
    before: async ({ store }) => {
      await store.create(person('ana', ANA));
      await store.create(visitOf('hers', ['ana'], FRIDAY));
    },
  });
  await whole.database.sql.updateTable('resource').set({ first_seen: '{}' }).where('id', '=', 'hers').execute();
  return whole;
}

it('somebody who cannot be planned stops nobody else, and stands in the log', async () => {
  const whole = await withSpoiltRow();
  await whole.ehr.store.create(person('ben', BEN));
  for (const [id, who] of [['again', 'ana'] as const, ['his', 'ben'] as const])
    await whole.ehr.store.create(visitOf(id, [who], FRIDAY));
  await whole.settle();
  await whole.advance('PT15M');
  expect((await whole.texts(BEN)).length).toBe(1);
  const failed = whole.logged.map(line => JSON.parse(line)).filter(line => line.level === 'error');
  expect(failed[0]).toMatchObject({ message: 'A patient could not be planned.', error: 'TypeError' });
  expect(whole.logged.join()).not.toContain('Cannot read properties');
});

it.each([
  ['many notifications that come together', open],
  ['many of which one cannot even be planned', withSpoiltRow],
])('%s are weighed together: what would tell too many waits for a person', async (_, begin) => {
  const whole = await begin();
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  for (const i of numbers) await whole.ehr.store.create(person(`p${i}`, `+131255502${String(i).padStart(2, '0')}`));
  await whole.settle();
  await whole.database.sql.deleteFrom('message').execute();
  await whole.ehr.store.transaction(async within => {
    for (const i of numbers) await within.create(visitOf(`v${i}`, [`p${i}`], FRIDAY));
    if (begin === withSpoiltRow) await within.create(visitOf('again', ['ana'], FRIDAY));
  });
  await whole.settle();
  const [brake] = await openBrakes(whole.database.sql);
  expect(brake).toMatchObject({ cause: 'hooks', dry_run: { affected: 30 } });
  const rows = await whole.database.sql.selectFrom('message').select('key').execute();
  expect(rows, 'What was undone left nothing behind').toEqual([]);
});

import { expect, it } from 'vitest';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import { proposePolicy } from '../../sync/reconcile/policy-in-force.ts';
import { releaseAll } from '../../sync/reconcile/release.ts';
import { openBrakes } from '../../sync/store/brake.ts';
import { activePolicy } from '../../sync/store/policy.ts';
import { person, visitOf } from '../support/chart.ts';
import { shippedPolicy } from '../support/policy.ts';
import type { Whole } from '../support/whole.ts';
import { wholes } from '../support/wholes.ts';

const open = wholes();
const FRIDAY = '2026-11-27T20:00:00.000Z';
const numbers = Array.from({ length: 12 }, (_, i) => i);

/** A dozen patients whose visits were there before us: silence, and a reminder planned for each. */
async function practice(): Promise<Whole> {
  const whole = await open({
    before: ({ store }) =>
      store.transaction(async within => {
        for (const i of numbers) {
          await within.create(person(`p${i}`, `+131255501${String(i).padStart(2, '0')}`));
          await within.create(visitOf(`v${i}`, [`p${i}`], FRIDAY));
        }
      }),
  });
  await releaseAll(whole.service, 'test');
  await whole.settle();
  expect(await openBrakes(whole.database.sql)).toEqual([]);
  return whole;
}

const states = async (whole: Whole, rule: string) => {
  const query = whole.database.sql.selectFrom('message').select('state').where('rule', '=', rule);
  return [...new Set((await query.execute()).map(row => row.state))];
};

const without = (rule: string): Policy => ({
  ...shippedPolicy(),
  rules: shippedPolicy().rules.map(one => (one.id === rule ? { ...one, active: false } : one)),
});

it('a day that would be called off at once waits for a person, and nobody is told meanwhile', async () => {
  const whole = await practice();
  for (const i of numbers) {
    const visit = await whole.ehr.store.read('Appointment', `v${i}`);
    await whole.ehr.store.update({ ...visit, status: 'cancelled' });
  }
  await whole.advance('PT2H');
  expect(await openBrakes(whole.database.sql)).toMatchObject([{ cause: 'hooks', dry_run: { affected: 12 } }]);
  expect(await whole.texts()).toEqual([]);
  await releaseAll(whole.service, 'operator');
  await whole.advance('PT2H');
  expect((await whole.texts()).length).toBe(12);
});

it('new rules that would withdraw too much wait, while the old ones stay in force', async () => {
  const whole = await practice();
  const proposed = { policy: without('reminder-48h'), version: 'new' };
  expect(await proposePolicy(whole.service, proposed, 'start')).toMatchObject({ outcome: 'braked' });
  // Another start with the same files is not another brake.
  expect(await proposePolicy(whole.service, proposed, 'start')).toMatchObject({ outcome: 'braked' });
  expect(await openBrakes(whole.database.sql)).toMatchObject([{ cause: 'policy new' }]);
  expect((await activePolicy(whole.database.sql))?.version).toBe('test');
  await whole.advance('PT1H');
  expect(await states(whole, 'reminder-48h')).toEqual(['planned']);
});

it('new rules that change nothing for anybody are in force at once, in every instance', async () => {
  const whole = await practice();
  const proposed = { policy: without('return-30d'), version: 'new' };
  expect(await proposePolicy(whole.service, proposed, 'start')).toMatchObject({ outcome: 'activated' });
  await whole.settle();
  expect((await whole.service.policy()).rules.find(rule => rule.id === 'return-30d')?.active).toBe(false);
  expect(await states(whole, 'reminder-48h')).toEqual(['planned']);
});

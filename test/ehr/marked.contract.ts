import type { Bundle } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { onEveryEhr } from './ehr.ts';
import { leftOf, marked, markingClient, RUN_SYSTEM, removeMarked } from './marked.ts';

onEveryEhr('leaving nothing behind', ehr => {
  test('what one run wrote is removed to the last, and what another wrote stays', async () => {
    const run = ehr.newId('run');
    const { client } = ehr.connection;
    const theirs = await ehr.put(ehr.newId('theirs'));
    const ours = Array.from({ length: 3 }, () => ehr.newId('ours'));
    const mine = markingClient(client, run);
    for (const id of ours) {
      const { id: _, meta: __, ...like } = theirs;
      await mine.create({ ...like, description: id });
    }
    expect(await leftOf(mine, run)).toHaveLength(3);
    expect(await removeMarked(mine, run)).toBe(3);
    expect(await leftOf(mine, run)).toEqual([]);
    expect(await client.read('Appointment', theirs.id ?? '')).toMatchObject({ outcome: 'found' });
  });

  test('everything in a Bundle is marked, once however often', () => {
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: { resourceType: 'Patient' } }, { request: { method: 'DELETE', url: 'Patient/one' } }],
    };
    const [first, second] = marked(marked(bundle, 'run'), 'run').entry ?? [];
    expect(first?.resource?.meta?.tag).toEqual([{ system: RUN_SYSTEM, code: 'run' }]);
    expect(second).toEqual(bundle.entry?.[1]);
  });
});

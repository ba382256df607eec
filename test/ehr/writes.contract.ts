import type { Bundle, Task } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import type { WriteResult } from '../../sync/fhir/write.ts';
import { onEveryEhr } from './ehr.ts';

const SYSTEM = 'https://loopkeeper.org/test';

onEveryEhr('writing', ehr => {
  const task = (key: string, more: Partial<Task> = {}): Task => ({
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    identifier: [{ system: SYSTEM, value: key }],
    ...more,
  });
  const condition = (key: string) => `identifier=${encodeURIComponent(`${SYSTEM}|${key}`)}`;
  const held = async (key: string): Promise<Task> => {
    const { resource } = await ehr.connection.client.create(task(key), condition(key));
    if (resource.resourceType !== 'Task') throw new Error('This is no Task.');
    return resource;
  };

  test('conditional create: the same identifier makes one resource, however often', async () => {
    const key = ehr.newId('key');
    const { client } = ehr.connection;
    const first = await client.create(task(key), condition(key));
    const second = await client.create(task(key), condition(key));
    expect([first.created, second.created, second.resource.id]).toEqual([true, false, first.resource.id]);
  });

  test('conditional create under contention (409, 412): eight at once with the same identifier make one resource', async () => {
    const key = ehr.newId('key');
    const { client } = ehr.connection;
    const all = await Promise.all(Array.from({ length: 8 }, () => client.create(task(key), condition(key))));
    expect(all.filter(each => each.created)).toHaveLength(1);
    expect(new Set(all.map(each => each.resource.id)).size).toBe(1);
  });

  test('conditional create of different keys at once (409 on Medplum): eight make eight', async () => {
    const keys = Array.from({ length: 8 }, () => ehr.newId('key'));
    const all = await Promise.all(keys.map(key => ehr.connection.client.create(task(key), condition(key))));
    expect(all.every(each => each.created)).toBe(true);
  });

  test.for<[string, (id: string, version: string) => Promise<WriteResult>]>([
    ['update', async (id, version) => ehr.connection.client.update(task('x', { id }), version)],
    [
      'patch',
      async (id, version) =>
        ehr.connection.client.patch(
          { type: 'Task', id },
          [{ op: 'replace', path: '/status', value: 'ready' }],
          version,
        ),
    ],
  ])(
    'a stale %s: of the version that was read is done, of an older one it is a conflict',
    async ([name, write], { skip }) => {
      skip(name === 'patch' && ehr.connection.profile.writes.patch === 'none', 'Here nothing is patched.');
      const { id = '', meta } = await held(ehr.newId('key'));
      const read = meta?.versionId ?? '';
      expect(await write(id, read)).toMatchObject({ outcome: 'updated' });
      expect(await write(id, read)).toEqual({ outcome: 'conflict' });
    },
  );

  test('of eight updates of one version at once, one is done and seven are conflicts', async () => {
    const one = await held(ehr.newId('key'));
    const update = (n: number) =>
      ehr.connection.client.update({ ...one, description: `Number ${n}` }, one.meta?.versionId ?? '');
    const outcomes = (await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(update))).map(each => each.outcome);
    expect(outcomes.sort()).toEqual([...Array(7).fill('conflict'), 'updated']);
  });

  test('removing twice is no error', async () => {
    const { id = '' } = await held(ehr.newId('key'));
    await ehr.connection.client.remove({ type: 'Task', id });
    await ehr.connection.client.remove({ type: 'Task', id });
    expect(await ehr.connection.client.read('Task', id)).toEqual({ outcome: 'gone' });
  });

  test('transaction that runs as a batch: here it is all or nothing', async ({ skip }) => {
    skip(ehr.connection.profile.writes.transactions !== 'atomic', 'Here it may run as a batch.');
    const [good, bad] = [ehr.newId('good'), ehr.newId('bad')];
    const bundle: Bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: { ...task(good), id: good }, request: { method: 'PUT', url: `Task/${good}` } },
        {
          resource: { ...task(bad), id: bad, status: 'nonsense' as never },
          request: { method: 'PUT', url: `Task/${bad}` },
        },
      ],
    };
    await expect(ehr.connection.client.transaction(bundle)).rejects.toMatchObject({ retry: 'never' });
    expect(await ehr.connection.client.read('Task', good)).toEqual({ outcome: 'absent' });
  });
});

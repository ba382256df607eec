import type { Communication, Task } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { mended, ownsAnswers } from '../../../sync/domain/chart/ownership.ts';
import { taskOf } from '../../../sync/domain/chart/task.ts';
import { loadOwnership } from '../../../sync/policy/load-ownership.ts';
import { task, WRITTEN } from '../../fhir-profiles/support/written.ts';

const loaded = loadOwnership('mappings');
const shipped = 'value' in loaded ? loaded.value : expect.fail('It cannot be read.');

const ours = { ...taskOf(task()), id: 'one', meta: { versionId: '3' } } satisfies Task;
const nurse = { owner: { reference: 'Practitioner/lin' }, note: [{ text: 'Called twice.' }] };

describe('what people have added stays', () => {
  const TABLE: [what: string, held: Task, wanted: Task, expected: Partial<Task> | 'nothing'][] = [
    ['nothing of ours differs', { ...ours, ...nurse }, ours, 'nothing'],
    [
      'our words were changed',
      { ...ours, ...nurse, description: 'x' },
      ours,
      { ...nurse, description: ours.description },
    ],
    [
      'our words were taken away',
      { ...ours, ...nurse, description: undefined },
      ours,
      { description: ours.description },
    ],
    ['we have something less to say', { ...ours, input: [{ type: { text: 'x' }, valueString: 'y' }] }, ours, {}],
    ['a person is at it', { ...ours, status: 'in-progress' }, ours, 'nothing'],
    [
      'a person is at it, and the words have changed',
      { ...ours, ...nurse, status: 'accepted', priority: 'stat' },
      ours,
      { ...nurse, status: 'accepted', priority: ours.priority },
    ],
    [
      'a person is at it, and it has become needless',
      { ...ours, status: 'accepted' },
      { ...ours, status: 'cancelled' },
      { status: 'cancelled' },
    ],
    ['a person has done it', { ...ours, status: 'completed' }, { ...ours, status: 'cancelled' }, 'nothing'],
    ['a person has refused it', { ...ours, status: 'rejected', description: 'x' }, ours, 'nothing'],
    ['we opened it again', { ...ours, status: 'cancelled' }, ours, { status: 'requested' }],
  ];
  it.each(TABLE)('%s', (_, held, wanted, expected) => {
    const better = mended(held, wanted, shipped);
    if (expected === 'nothing') expect(better).toBeUndefined();
    else expect(better).toMatchObject({ id: 'one', meta: { versionId: '3' }, ...expected });
  });

  it('an element of ours that we no longer want is taken away', () => {
    const held: Task = { ...ours, input: [{ type: { text: 'x' }, valueString: 'y' }] };
    expect(mended(held, ours, shipped)).not.toHaveProperty('input');
  });

  it('a message marked as entered in error is not written again', () => {
    const said: Communication = { resourceType: 'Communication', id: 'c', status: 'entered-in-error' };
    expect(mended(said, { ...said, status: 'completed' }, shipped)).toBeUndefined();
  });
});

it('the file that ships names every element that we write, and no other', () => {
  const seen = new Map<string, Set<string>>();
  for (const { resourceType, id: _, meta: __, ...elements } of WRITTEN.flatMap(([, one]) => one ?? []))
    seen.set(resourceType, new Set([...(seen.get(resourceType) ?? []), ...Object.keys(elements)]));
  for (const [type, elements] of seen)
    expect([type, [...elements].sort()]).toEqual([type, [...shipped[type as 'Task'].ours].sort()]);
  expect(seen.size).toBe(4);
});

it('without its line the answer of a patient is not written into a visit', () => {
  expect(ownsAnswers(shipped)).toBe(true);
  expect(ownsAnswers({ ...shipped, Appointment: undefined })).toBe(false);
});

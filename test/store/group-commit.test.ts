import { expect, test } from 'vitest';
import { groupCommit } from '../../sync/store/group-commit.ts';

/** A database that writes when it is told to, and refuses what it is told to refuse. */
function slow() {
  const writes: { rows: string[]; finish: () => void }[] = [];
  const keep = groupCommit<string>(async rows => {
    const { promise, resolve } = Promise.withResolvers<void>();
    writes.push({ rows, finish: resolve });
    await promise;
    if (rows.includes('bad')) throw new Error('refused');
  });
  return { keep, writes };
}

/** Lets everything run that waits for nothing but its turn. */
const settle = () => new Promise(resolve => setImmediate(resolve));

const outcomes = (all: Promise<void>[]) => {
  const seen: string[] = all.map(() => 'waits');
  all.forEach((one, i) => {
    one.then(
      () => (seen[i] = 'kept'),
      () => (seen[i] = 'refused'),
    );
  });
  return seen;
};

test('what comes while one write is under way shares the next, and nobody is told before its own is durable', async () => {
  const { keep, writes } = slow();
  const seen = outcomes([keep(['a']), keep(['b', 'c']), keep(['d'])]);
  await settle();
  expect(writes.map(({ rows }) => rows)).toEqual([['a']]);
  writes[0]?.finish();
  await settle();
  expect(seen).toEqual(['kept', 'waits', 'waits']);
  expect(writes.map(({ rows }) => rows)).toEqual([['a'], ['b', 'c', 'd']]);
  writes[1]?.finish();
  await settle();
  expect(seen).toEqual(['kept', 'kept', 'kept']);
});

test('one row the database refuses fails its own sender only', async () => {
  const { keep, writes } = slow();
  const seen = outcomes([keep(['a']), keep(['b']), keep(['bad'])]);
  for (let done = 0; done < 4; done++) {
    for (const { finish } of writes) finish();
    await settle();
  }
  expect(seen).toEqual(['kept', 'kept', 'refused']);
  expect(writes.map(({ rows }) => rows)).toEqual([['a'], ['b', 'bad'], ['b'], ['bad']]);
});

test('after a refusal the next comer is written as if nothing had been', async () => {
  const { keep, writes } = slow();
  const seen = outcomes([keep(['bad'])]);
  writes[0]?.finish();
  await settle();
  const next = outcomes([keep(['a'])]);
  writes[1]?.finish();
  await settle();
  expect([...seen, ...next]).toEqual(['refused', 'kept']);
});

test.each([
  { sizes: [1, 300, 300, 1], groups: [1, 300, 301] },
  { sizes: [1, 5000, 1], groups: [1, 5000, 1] },
])('callers of $sizes rows are written in groups of $groups', async ({ sizes, groups }) => {
  const { keep, writes } = slow();
  const seen = outcomes(sizes.map((size, i) => keep(Array.from({ length: size }, () => `${i}`))));
  for (let done = 0; done < sizes.length; done++) {
    for (const { finish } of writes) finish();
    await settle();
  }
  expect(writes.map(({ rows }) => rows.length)).toEqual(groups);
  expect(new Set(seen)).toEqual(new Set(['kept']));
});

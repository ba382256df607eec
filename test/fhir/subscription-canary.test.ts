import { expect, it } from 'vitest';
import { type Canary, isDeaf, lookAtCanary } from '../../sync/fhir/subscribe/canary.ts';

const NOW = '2026-11-23T16:00:00.000Z';
const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * 60_000).toISOString();
const RHYTHM = { every: 'PT15M', within: 'PT2M' };
const canary = (more: Partial<Canary>): Canary => ({ key: 'k', id: '7', judged: false, misses: 0, ...more });

it.each<[string, Canary, mendedAt: string | undefined, misses: number, write: boolean]>([
  ['was never written', canary({}), undefined, 0, true],
  ['was heard, and has time', canary({ writtenAt: ago(14), heardAt: ago(14) }), undefined, 0, false],
  ['was heard, and it is its time', canary({ writtenAt: ago(15), heardAt: ago(14) }), undefined, 0, true],
  ['is waited for', canary({ writtenAt: ago(1) }), undefined, 0, false],
  [
    'is waited for, though the one before was heard',
    canary({ writtenAt: ago(1), heardAt: ago(9) }),
    undefined,
    0,
    false,
  ],
  ['was not heard: again at once', canary({ writtenAt: ago(2), heardAt: ago(9) }), undefined, 1, true],
  ['and not again', canary({ writtenAt: ago(2), misses: 1 }), undefined, 2, false],
  ['is deaf, and counted already', canary({ writtenAt: ago(5), misses: 2, judged: true }), undefined, 2, false],
  ['is deaf, and it is its time', canary({ writtenAt: ago(15), misses: 2, judged: true }), undefined, 2, true],
  ['is deaf, and was mended since', canary({ writtenAt: ago(5), misses: 2, judged: true }), ago(1), 2, true],
  ['is deaf, and was mended before', canary({ writtenAt: ago(5), misses: 2, judged: true }), ago(9), 2, false],
  [
    'was deaf, and came late',
    canary({ writtenAt: ago(5), heardAt: ago(1), misses: 2, judged: true }),
    undefined,
    0,
    false,
  ],
])('A canary that %s', (_, known, mendedAt, misses, write) => {
  const seen = lookAtCanary(known, RHYTHM, mendedAt, NOW);
  expect([seen.canary.misses, seen.write]).toEqual([misses, write]);
  expect(isDeaf(seen.canary)).toBe(misses >= 2);
});

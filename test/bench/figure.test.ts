import { expect, it } from 'vitest';
import { type Figure, figure, isMet, lineOf, tableOf } from './figure.ts';
import { inTurns, median } from './rounds.ts';

const accept = (ratio: number): Figure =>
  figure({
    name: 'accept.postgresql',
    what: 'notifications against INSERTs',
    unit: '1/s',
    value: 1140.4,
    baseline: 1989,
    ratio,
    target: { of: 'ratio', at: 'least', bound: 0.5 },
  });

it('writes a line of exactly five fields', () => {
  const line = '{"name":"accept.postgresql","value":1140,"unit":"1/s","baseline":1989,"ratio":0.583}';
  expect(lineOf(accept(0.5832))).toBe(line);
});

it('says of each target whether it is met', () => {
  expect(isMet(accept(0.5))).toBe(true);
  expect(isMet(accept(0.49))).toBe(false);
  expect(isMet({ ...accept(0.1), target: undefined })).toBeUndefined();
  expect(isMet({ ...accept(1), target: { of: 'value', at: 'most', bound: 1000 } })).toBe(false);
  expect(tableOf([accept(0.49)])).toContain('≥ 0.5   MISSED');
});

it('measures in turns, forgets the warm-up, and takes the median of the ratios of each round', async () => {
  const order: string[] = [];
  const values = [1000, 2, 40, 6];
  const bases = [1, 1, 10, 2];
  const pair = await inTurns(
    3,
    async round => {
      order.push(`A${round}`);
      return values[round] ?? Number.NaN;
    },
    async round => {
      order.push(`B${round}`);
      return bases[round] ?? Number.NaN;
    },
  );
  expect(order).toEqual(['A0', 'B0', 'B1', 'A1', 'A2', 'B2', 'B3', 'A3']);
  expect(pair).toEqual({ value: 6, baseline: 2, ratio: 3 });
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

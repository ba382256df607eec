import { expect, it } from 'vitest';
import { isExpired } from '../../sync/domain/text/review.ts';
import { shippedPolicy } from '../support/policy.ts';
import { freshlyReviewed } from './freshly-reviewed.ts';

const shipped = { policy: shippedPolicy(), version: 'v' };

it('leaves the texts as they are while their reviews are not due', () => {
  expect(freshlyReviewed(shipped, '2026-11-21T15:00:00.000Z')).toEqual(shipped);
});

it('lets none be silent in a clone made years from now, and is the same at each start', () => {
  const then = freshlyReviewed(shipped, '2031-03-04T15:00:00.000Z');
  expect(Object.values(then.policy.texts).filter(text => isExpired(text, '2031-03-04'))).toEqual([]);
  expect(freshlyReviewed(shipped, '2032-05-06T15:00:00.000Z')).toEqual(then);
  expect(then.version).not.toBe('v');
});

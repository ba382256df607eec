import { expect, it } from 'vitest';
import { isAllowed } from '../../sync/channels/allow-list.ts';

it.each([
  ['+15555550100', true, [], true],
  ['+15555550100', false, [], false],
  ['+15555550100', false, ['+15555550100'], true],
  ['+15555550100', false, ['+1 (555) 555-0100'], true],
  ['+15555550100', false, ['+15555550101'], false],
  ['+155555501000', false, ['+15555550100'], false],
  ['Ana@Example.org', false, ['ana@example.org'], true],
  ['an.a@example.org', false, ['ana@example.org'], false],
  ['eve@example.org', false, ['example.org', '@example.org', '*'], false],
  ['', false, [''], false],
  ['( )', false, ['-'], false],
])('%j, production %s, list %j: %s', (address, production, allow, expected) => {
  expect(isAllowed(address, { production, allow })).toBe(expected);
});

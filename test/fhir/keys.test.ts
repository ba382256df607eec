import { expect, test } from 'vitest';
import type { Instant } from '../../sync/domain/clock.ts';
import { type PrivateKey, publishedKeys, signingKey, statesOf, withoutRetired } from '../../sync/fhir/auth/keys.ts';
import { newKey } from '../../sync/fhir/auth/new-key.ts';

const made = await newKey('ES384', '2026-11-21T10:00:00.000Z');
const key = (kid: string, signsFrom?: Instant): PrivateKey => ({ ...made, kid, signsFrom });
const [A, B, C] = [key('a'), key('b', '2026-11-21T10:00:00.000Z'), key('c', '2026-11-22T10:00:00.000Z')];

const MOMENTS: [now: Instant, keys: PrivateKey[], states: string][] = [
  ['2026-11-21T09:00:00.000Z', [A], 'a signing'],
  // A clock that was set back.
  ['2026-11-21T09:00:00.000Z', [B], 'b signing'],
  ['2026-11-21T09:00:00.000Z', [B, C], 'b signing, c next'],
  ['2026-11-21T10:00:00.000Z', [A, B], 'a retiring, b signing'],
  ['2026-11-21T10:59:59.999Z', [A, B], 'a retiring, b signing'],
  ['2026-11-21T11:00:00.000Z', [A, B], 'a retired, b signing'],
  ['2026-11-22T09:59:59.999Z', [C, B], 'b signing, c next'],
  ['2026-11-22T10:00:00.000Z', [C, B], 'b retiring, c signing'],
  ['2026-11-22T10:30:00.000Z', [C, A, B], 'a retired, b retiring, c signing'],
];
test.each(MOMENTS)('at %s', (now, keys, expected) => {
  const states = statesOf(keys, now);
  expect(states.map(one => `${one.key.kid} ${one.state}`).join(', ')).toBe(expected);
  const kids = expected
    .split(', ')
    .filter(one => !one.endsWith('retired'))
    .map(one => one[0]);
  expect(publishedKeys(keys, now).keys.map(one => one.kid)).toEqual(kids);
  expect(withoutRetired(keys, now).map(one => one.kid)).toEqual(kids);
  expect(expected).toContain(`${signingKey(keys, now).kid} signing`);
});

test.each(['ES384', 'RS384'] as const)('of a key of %s the EHR sees what it needs and nothing more', async alg => {
  const now = '2026-11-21T10:00:00.000Z';
  const secret = { ...(await newKey(alg, now)), note: 'CANARY' };
  const [shown = {}] = publishedKeys([secret], now).keys;
  const members = alg === 'ES384' ? ['kty', 'crv', 'x', 'y'] : ['kty', 'n', 'e'];
  expect(Object.keys(shown)).toEqual([...members, 'kid', 'alg', 'use']);
  expect(shown).toMatchObject({ kid: secret.kid, alg, use: 'sig' });
});

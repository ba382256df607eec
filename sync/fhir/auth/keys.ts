import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import type { Instant } from '../../domain/clock.ts';
import { byText, instant, plus } from '../../domain/time.ts';

/** Below our own address. */
export const JWKS_PATH = '/.well-known/jwks.json';

const part = z.string().regex(/^[\w-]+$/);
const common = {
  /** By which the EHR finds the public half. */
  kid: z.string().min(1).max(200),
  /** Ours, beside the members of RFC 7517. Without it: always, as in a key that somebody else made. */
  signsFrom: z
    .string()
    .refine(text => instant(text) === text)
    .optional(),
};
const ec = { ...common, kty: z.literal('EC'), crv: z.literal('P-384'), alg: z.literal('ES384').default('ES384') };
const rsa = { ...common, kty: z.literal('RSA'), alg: z.literal('RS384').default('RS384') };
const privateKeySchema = z.discriminatedUnion('kty', [
  z.looseObject({ ...ec, x: part, y: part, d: part }),
  z.looseObject({ ...rsa, n: part, e: part, d: part, p: part, q: part, dp: part, dq: part, qi: part }),
]);
export type PrivateKey = z.infer<typeof privateKeySchema>;

/** A private JWK Set, or one private JWK (RFC 7517), of the two algorithms that SMART allows. */
export const privateKeysSchema = z.preprocess(
  given => (given !== null && typeof given === 'object' && 'keys' in given ? given.keys : [given]),
  z
    .array(privateKeySchema)
    .min(1)
    .refine(keys => new Set(keys.map(key => key.kid)).size === keys.length),
);

/** `next` is published and does not sign yet, `retiring` is published and signs no more, `retired` is neither. */
export type KeyState = 'retired' | 'retiring' | 'signing' | 'next';

/**
 * How long a new key is published before it signs. EHRs keep a set for as long as its Cache-Control says or for as long as
 * they please; and somebody may have to hand it over by hand.
 */
export const PUBLISHED_BEFORE = 'PT24H';
/** How long an old key stays published: its last assertion lives for minutes, and clocks differ. */
const PUBLISHED_AFTER = 'PT1H';

/** The keys in the order in which they sign. */
export function statesOf(keys: readonly PrivateKey[], now: Instant): { key: PrivateKey; state: KeyState }[] {
  const order = keys.toSorted((a, b) => byText(a.signsFrom ?? '', b.signsFrom ?? ''));
  // Of a clock that was set back, rather the first key than none.
  const signing = Math.max(
    0,
    order.findLastIndex(key => (key.signsFrom ?? '') <= now),
  );
  return order.map((key, i) => ({ key, state: stateOf(i - signing, order[i + 1], now) }));
}

function stateOf(place: number, successor: PrivateKey | undefined, now: Instant): KeyState {
  if (place === 0) return 'signing';
  if (place > 0) return 'next';
  return successor?.signsFrom && now < plus(successor.signsFrom, PUBLISHED_AFTER) ? 'retiring' : 'retired';
}

export function signingKey(keys: readonly PrivateKey[], now: Instant): PrivateKey {
  const signing = statesOf(keys, now).find(one => one.state === 'signing');
  if (!signing) throw new Error('A set without any key was let in.');
  return signing.key;
}

/** What the EHR may see (`standards.md` §4.9). Members are chosen, not left out: a private one cannot slip through. */
export const publishedKeys = (keys: readonly PrivateKey[], now: Instant): JSONWebKeySet => ({
  keys: withoutRetired(keys, now).map(publicPart),
});

function publicPart(key: PrivateKey) {
  const { kid, alg } = key;
  return key.kty === 'EC'
    ? { kty: key.kty, crv: key.crv, x: key.x, y: key.y, kid, alg, use: 'sig' }
    : { kty: key.kty, n: key.n, e: key.e, kid, alg, use: 'sig' };
}

/** Without those that nobody asks for any more. */
export const withoutRetired = (keys: readonly PrivateKey[], now: Instant): PrivateKey[] =>
  statesOf(keys, now).flatMap(({ key, state }) => (state === 'retired' ? [] : [key]));

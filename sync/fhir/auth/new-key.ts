import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Instant } from '../../domain/clock.ts';
import { type PrivateKey, privateKeysSchema } from './keys.ts';

export type Alg = PrivateKey['alg'];

/** The day from which it signs is in its name, and tells people which is the older one. */
export async function newKey(alg: Alg, signsFrom: Instant): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = `${signsFrom.slice(0, 10)}-${(await calculateJwkThumbprint(jwk)).slice(0, 8)}`;
  const [key] = privateKeysSchema.parse({ ...jwk, kid, alg, use: 'sig', signsFrom });
  if (!key) throw new Error('No key was made.');
  return key;
}

import { importJWK, type JWK, SignJWT } from 'jose';
import { toMs } from '../../domain/time.ts';
import { EhrError } from '../outcome.ts';
import type { EhrAuth } from './auth.ts';
import { cachedToken, type TokenRequestOptions } from './token-cache.ts';

export interface BackendServicesOptions extends TokenRequestOptions {
  clientId: string;
  /** The private key whose public half is in our JWKS; its `kid` tells the EHR which one. */
  privateKey: JWK;
  alg: 'RS384' | 'ES384';
  scope: string;
  /** A new random text on each call: an assertion id may never come twice, not even in a retry. */
  newId: () => string;
}

const LIFETIME_S = 240;

/** SMART Backend Services (`standards.md` §4.9): a signed assertion for a token that lives for minutes. */
export function backendServices(options: BackendServicesOptions): EhrAuth {
  const { clientId, privateKey, alg } = options;
  if (!privateKey.kid) {
    throw new EhrError('The private key has no `kid`, so the EHR could not find its public half.', {
      code: 'token',
      retry: 'never',
    });
  }
  const header = { alg, typ: 'JWT', kid: privateKey.kid };
  return cachedToken(options, async tokenUrl => {
    const now = Math.floor(toMs(options.clock()) / 1000);
    const assertion = await new SignJWT()
      .setProtectedHeader(header)
      .setIssuer(clientId)
      .setSubject(clientId)
      // Exactly the token URL, as plain text: Medplum refuses an array and the base alike (measured).
      .setAudience(tokenUrl)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_S)
      .setJti(options.newId())
      .sign(await importJWK(privateKey, alg));
    return {
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: options.scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }),
    };
  });
}

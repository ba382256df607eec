import { importJWK, SignJWT } from 'jose';
import { toMs } from '../../domain/time.ts';
import type { EhrAuth } from './auth.ts';
import type { PrivateKey } from './keys.ts';
import { cachedToken, type TokenRequestOptions } from './token-cache.ts';

export interface BackendServicesOptions extends TokenRequestOptions {
  clientId: string;
  /** The key that signs now: asked for at each signature, as keys are rotated while the service runs. */
  signingKey: () => PrivateKey;
  scope: string;
  /** A new random text on each call: an assertion id may never come twice, not even in a retry. */
  newId: () => string;
}

const LIFETIME_S = 240;
/** A server whose clock is a little behind would take it for not yet issued. Together below the five minutes allowed. */
const BACKDATED_S = 30;

/** SMART Backend Services (`standards.md` §4.9): a signed assertion for a token that lives for minutes. */
export function backendServices(options: BackendServicesOptions): Required<EhrAuth> {
  const { clientId } = options;
  return cachedToken(options, async tokenUrl => {
    const now = Math.floor(toMs(options.clock()) / 1000);
    const key = options.signingKey();
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: key.alg, typ: 'JWT', kid: key.kid })
      .setIssuer(clientId)
      .setSubject(clientId)
      // Exactly the token URL, as plain text: Medplum refuses an array and the base alike (measured).
      .setAudience(tokenUrl)
      .setIssuedAt(now - BACKDATED_S)
      .setExpirationTime(now + LIFETIME_S)
      .setJti(options.newId())
      .sign(await importJWK(key, key.alg));
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

import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { type Config, readKeyFile } from './config.ts';
import type { EhrAuth } from './fhir/auth/auth.ts';
import { backendServices } from './fhir/auth/backend-services.ts';
import { bearer } from './fhir/auth/bearer.ts';
import { clientSecret } from './fhir/auth/client-secret.ts';
import { discoveredTokenUrl } from './fhir/auth/discovery.ts';
import { noAuth } from './fhir/auth/none.ts';
import type { Surroundings } from './surroundings.ts';

/** How this installation proves to the EHR who it is. Throws where a key file cannot be used. */
export function ehrAuth(
  { environment: env }: Config,
  { clock, newId = randomUUID, fetch: fetcher = fetch }: Surroundings,
): EhrAuth {
  const base = env.EHR_BASE_URL ?? '';
  const given = env.EHR_TOKEN_URL;
  const common = { fetch: fetcher, clock, tokenUrl: given ? async () => given : discoveredTokenUrl(base, fetcher) };
  const clientId = env.EHR_CLIENT_ID ?? '';
  if (env.EHR_AUTH === 'bearer') return bearer(env.EHR_TOKEN ?? '');
  if (env.EHR_AUTH === 'client-secret')
    return clientSecret({ ...common, clientId, clientSecret: env.EHR_CLIENT_SECRET ?? '', scope: env.EHR_SCOPE });
  if (env.EHR_AUTH === 'none') return noAuth();
  const privateKey = readKeyFile(env.EHR_PRIVATE_KEY_FILE ?? '') as JWK;
  const alg = privateKey.alg === 'ES384' ? 'ES384' : 'RS384';
  return backendServices({ ...common, clientId, privateKey, alg, scope: env.EHR_SCOPE, newId });
}

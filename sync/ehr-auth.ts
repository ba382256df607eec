import { randomUUID } from 'node:crypto';
import type { Config } from './config.ts';
import type { EhrAuth } from './fhir/auth/auth.ts';
import { backendServices } from './fhir/auth/backend-services.ts';
import { basic } from './fhir/auth/basic.ts';
import { bearer } from './fhir/auth/bearer.ts';
import { clientSecret } from './fhir/auth/client-secret.ts';
import { discoveredTokenUrl } from './fhir/auth/discovery.ts';
import { signingKey } from './fhir/auth/keys.ts';
import { noAuth } from './fhir/auth/none.ts';
import { keysOf } from './key-file.ts';
import type { Surroundings } from './surroundings.ts';

/** How this installation proves to the EHR who it is. Throws ConfigMistakes where the key file cannot be used. */
export function ehrAuth(
  config: Config,
  { clock, newId = randomUUID, fetch: fetcher = fetch }: Pick<Surroundings, 'clock' | 'newId' | 'fetch'>,
): EhrAuth {
  const env = config.environment;
  const given = env.EHR_TOKEN_URL;
  const tokenUrl = given ? async () => given : discoveredTokenUrl(env.EHR_BASE_URL ?? '', fetcher);
  const common = { fetch: fetcher, clock, tokenUrl, clientId: env.EHR_CLIENT_ID ?? '', scope: env.EHR_SCOPE };
  if (env.EHR_AUTH === 'bearer') return bearer(env.EHR_TOKEN ?? '');
  if (env.EHR_AUTH === 'basic') return basic(env.EHR_USER ?? '', env.EHR_PASSWORD ?? '');
  if (env.EHR_AUTH === 'client-secret') return clientSecret({ ...common, clientSecret: env.EHR_CLIENT_SECRET ?? '' });
  const keys = keysOf(config);
  if (!keys) return noAuth();
  // A file that cannot be used is told at the start, not at the first request.
  keys();
  return backendServices({ ...common, signingKey: () => signingKey(keys(), clock()), newId });
}

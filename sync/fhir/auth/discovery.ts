import { z } from 'zod';
import { EhrError } from '../outcome.ts';
import { mayGetOurSecret } from './token-place.ts';

const configurationSchema = z.object({
  token_endpoint: z.string(),
  authorization_endpoint: z.string().optional(),
  issuer: z.string().optional(),
  jwks_uri: z.string().optional(),
  grant_types_supported: z.array(z.string()).default([]),
  capabilities: z.array(z.string()).default([]),
  code_challenge_methods_supported: z.array(z.string()).default([]),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
  introspection_endpoint: z.string().optional(),
});

export type SmartConfiguration = z.infer<typeof configurationSchema>;

/**
 * `{base}/.well-known/smart-configuration` (`standards.md` §4.1). Undefined where the EHR has none: HAPI behind a gateway
 * is like that, and the token URL is then the operator's to name. Throws EhrError `token` when what is there is unusable.
 */
export async function discoverSmart(baseUrl: string, fetcher: typeof fetch): Promise<SmartConfiguration | undefined> {
  const base = `${baseUrl.replace(/\/+$/, '')}/`;
  let response: Response;
  try {
    const init: RequestInit = {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    };
    response = await fetcher(new URL('.well-known/smart-configuration', base), init);
  } catch {
    throw new EhrError('The EHR did not answer the SMART discovery.', { code: 'token', retry: 'later' });
  }
  if (response.status === 404 || response.status === 401 || response.status === 403) return undefined;
  const parsed = configurationSchema.safeParse(await response.json().catch(() => undefined));
  if (!response.ok || !parsed.success) {
    throw new EhrError('The SMART configuration of the EHR could not be read.', {
      code: 'token',
      retry: response.status >= 500 ? 'later' : 'never',
      status: response.status,
    });
  }
  return { ...parsed.data, token_endpoint: secureUrl(parsed.data.token_endpoint, base) };
}

/** For `tokenUrl`: asked once and remembered. A failure is not remembered. */
export function discoveredTokenUrl(baseUrl: string, fetcher: typeof fetch): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= (await discoverSmart(baseUrl, fetcher))?.token_endpoint;
    if (known !== undefined) return known;
    throw new EhrError('The EHR names no token endpoint; set it in the configuration.', {
      code: 'token',
      retry: 'never',
    });
  };
}

/** Old servers give relative URLs. */
function secureUrl(text: string, base: string): string {
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined;
  // The text itself where it is whole: it becomes the audience of what we sign, letter by letter.
  if (url && mayGetOurSecret(url, new URL(base))) return URL.canParse(text) ? text : url.href;
  throw new EhrError(
    'The token endpoint that the EHR names is not encrypted, lies inside a net, or is no URL; set it in the configuration if it is right.',
    { code: 'token', retry: 'never' },
  );
}

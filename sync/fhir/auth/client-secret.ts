import type { EhrAuth } from './auth.ts';
import { cachedToken, type TokenRequestOptions } from './token-cache.ts';

export interface ClientSecretOptions extends TokenRequestOptions {
  clientId: string;
  clientSecret: string;
  /** Space-separated SMART scopes. */
  scope: string;
}

/** OAuth client credentials with a shared secret, sent as HTTP Basic so that it stays out of bodies (RFC 6749 §2.3.1). */
export function clientSecret(options: ClientSecretOptions): Required<EhrAuth> {
  const encode = (text: string) => encodeURIComponent(text).replace(/%20/g, '+');
  const pair = `${encode(options.clientId)}:${encode(options.clientSecret)}`;
  const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  return cachedToken(options, async () => ({
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: options.scope }),
    headers,
  }));
}

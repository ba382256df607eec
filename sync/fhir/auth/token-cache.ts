import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { toMs } from '../../domain/time.ts';
import { EhrError } from '../outcome.ts';
import type { EhrAuth } from './auth.ts';

export interface TokenRequestOptions {
  fetch: typeof fetch;
  clock: Clock;
  /** Found once, when the first token is needed. */
  tokenUrl: () => Promise<string>;
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().default(300),
});

const RENEW_BEFORE_MS = 30_000;

/**
 * Keeps one token until 30 s before it ends, and asks for it once however many wait (`standards.md` §4.9).
 * `form` is called anew for every request, as an assertion may be used only once.
 */
export function cachedToken(
  options: TokenRequestOptions,
  form: (tokenUrl: string) => Promise<{ body: URLSearchParams; headers?: Record<string, string> }>,
): EhrAuth {
  let cached: { value: string; until: number } | undefined;
  let underway: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const tokenUrl = await options.tokenUrl();
    const askedAt = toMs(options.clock());
    const { body, headers } = await form(tokenUrl);
    const token = await requestToken(options.fetch, tokenUrl, body, headers ?? {});
    const value = `Bearer ${token.access_token}`;
    cached = { value, until: askedAt + token.expires_in * 1000 - RENEW_BEFORE_MS };
    return value;
  }

  return {
    async authorization() {
      if (cached && toMs(options.clock()) < cached.until) return cached.value;
      underway ??= renew().finally(() => {
        underway = undefined;
      });
      return underway;
    },
    invalidate() {
      cached = undefined;
    },
  };
}

async function requestToken(fetcher: typeof fetch, url: string, body: URLSearchParams, extra: Record<string, string>) {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetcher(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...extra },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
    answer = await response.json().catch(() => undefined);
  } catch {
    throw new EhrError('The token endpoint did not answer.', { code: 'token', retry: 'later' });
  }
  const token = tokenSchema.safeParse(answer);
  if (response.ok && token.success) return token.data;
  throw refusal(response.status, answer);
}

const OAUTH_ERRORS = new Set([
  'invalid_client',
  'invalid_scope',
  'invalid_request',
  'invalid_grant',
  'unauthorized_client',
]);

function refusal(status: number, answer: unknown): EhrError {
  const said = z.object({ error: z.string() }).safeParse(answer);
  const error = said.success && OAUTH_ERRORS.has(said.data.error) ? said.data.error : 'no usable answer';
  return new EhrError(`The token endpoint answered ${status}: ${error}.`, {
    code: 'token',
    retry: status === 429 || status >= 500 ? 'later' : 'never',
    status,
  });
}

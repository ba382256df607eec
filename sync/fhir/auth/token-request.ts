import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { toMs } from '../../domain/time.ts';
import { EhrError } from '../outcome.ts';

export interface TokenForm {
  body: URLSearchParams;
  headers?: Record<string, string>;
}

const tokenSchema = z.object({
  // Anything else would be no header, and the error that says so would quote it.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().default(300),
  scope: z.string().optional().catch(undefined),
});

/** One question to the token endpoint (RFC 6749 §4.4). Throws EhrError `token`, which never quotes what was answered. */
export async function requestToken(
  { fetch: fetcher, clock }: { fetch: typeof fetch; clock: Clock },
  url: string,
  { body, headers }: TokenForm,
): Promise<z.infer<typeof tokenSchema>> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetcher(url, {
      method: 'POST',
      headers: { accept: 'application/json', ...headers },
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
  const isSigned = body.has('client_assertion');
  throw refusal(response.status, answer, isSigned ? skewSentence(response.headers, toMs(clock())) : '');
}

const OAUTH_ERRORS = new Set([
  'invalid_client',
  'invalid_scope',
  'invalid_request',
  'invalid_grant',
  'unauthorized_client',
]);

function refusal(status: number, answer: unknown, skew: string): EhrError {
  const said = z.object({ error: z.string() }).safeParse(answer);
  const error = said.success && OAUTH_ERRORS.has(said.data.error) ? said.data.error : 'no usable answer';
  return new EhrError(`The token endpoint answered ${status}: ${error}.${skew}`, {
    code: 'token',
    retry: status === 429 || status >= 500 ? 'later' : 'never',
    status,
  });
}

const TOLERATED_S = 30;

/**
 * An assertion holds for minutes of the server's clock, and one that is refused for its age is refused as `invalid_client`
 * like any other. We do not sign by their clock instead: a wrong one here also sends messages at the wrong hour.
 */
function skewSentence(headers: Headers, nowMs: number): string {
  const ahead = Math.round((Date.parse(headers.get('date') ?? '') - nowMs) / 1000);
  if (Number.isNaN(ahead) || Math.abs(ahead) <= TOLERATED_S) return '';
  const where = ahead > 0 ? 'ahead of' : 'behind';
  return ` Its clock is ${Math.abs(ahead)} seconds ${where} ours, and what we sign holds for minutes only: set this machine's clock by NTP, or have theirs set.`;
}

import { z } from 'zod';

export interface TwilioAccount {
  accountSid: string;
  authToken: string;
  /** `https://api.twilio.com`, or a stand-in. No trailing slash. */
  baseUrl: string;
  /** How long to wait for a whole answer, in milliseconds. */
  timeoutMs: number;
}

/**
 * What became of a request. `not-sent`: certainly nothing left this machine. `broken`: it may have arrived, nobody can
 * tell. `body` is undefined where it was no JSON.
 */
export type TwilioAnswer =
  | { kind: 'answered'; status: number; body: unknown }
  | { kind: 'not-sent' }
  | { kind: 'broken' };

/** One request to the account, `path` relative to it (`/Messages.json`). Never throws. */
export type TwilioRequest = (method: 'GET' | 'POST', path: string, form?: URLSearchParams) => Promise<TwilioAnswer>;

export function twilioRequest(account: TwilioAccount, fetch: typeof globalThis.fetch): TwilioRequest {
  const root = `${account.baseUrl}/2010-04-01/Accounts/${account.accountSid}`;
  const authorization = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`;
  return async (method, path, form) => {
    try {
      const response = await fetch(`${root}${path}`, {
        method,
        headers: { authorization, accept: 'application/json' },
        // Following a redirect would hand the words of a patient to whoever redirects us.
        redirect: 'manual',
        signal: AbortSignal.timeout(account.timeoutMs),
        ...(form ? { body: form } : {}),
      });
      return { kind: 'answered', status: response.status, body: await readJson(response) };
    } catch (error) {
      return neverLeft(error) ? { kind: 'not-sent' } : { kind: 'broken' };
    }
  };
}

/** The status line already decides most answers, so a body that breaks off is only a missing body. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

/** TLS refused the certificate before any byte of ours was written. */
const UNTRUSTED = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const FetchError = z.object({
  cause: z.object({ code: z.string().optional(), syscall: z.string().optional() }),
});

/**
 * True only for failures of looking up, connecting and trusting. A reset (`ECONNRESET`) does not qualify: the request
 * may have been read before the connection fell.
 */
function neverLeft(error: unknown): boolean {
  const parsed = FetchError.safeParse(error);
  if (!parsed.success) return false;
  const { code = '', syscall = '' } = parsed.data.cause;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'ECONNREFUSED' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    UNTRUSTED.has(code)
  );
}

import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { EhrError } from './outcome.ts';

export interface EhrRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base, without a leading slash; or an absolute URL on the same host. */
  path: string;
  /** For errors and logs: `search Appointment`, without the query. */
  what: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Whether doing it twice equals doing it once. If not, a lost answer becomes `outcome-unknown`. */
  idempotent: boolean;
  /** Statuses that are tried again with this very request (HAPI: 409 on If-None-Exist ends in 200). */
  retryStatuses?: readonly number[];
}

export interface EhrResponse {
  status: number;
  headers: Headers;
  /** Parsed JSON, or undefined when the body is empty. */
  body: unknown;
  url: string;
}

export interface ExchangeOptions {
  /** The FHIR base, e.g. `https://ehr.example.org/fhir/R4`. */
  baseUrl: string;
  fetch: typeof fetch;
  clock: Clock;
  /** From 0 up to, not including, 1. */
  random: () => number;
  /** Per attempt, in real milliseconds: a socket does not obey an injected clock. Default 30 s. */
  timeoutMs?: number;
}

/** HAPI puts it into `meta.source`, so an echo of our own write can be told. */
export const REQUEST_ID_PREFIX = 'loopkeeper-';

/** One request, one answer of whatever status. Throws EhrError `network`, `timeout`, `not-fhir`, `foreign-link`. */
export async function exchange(
  options: ExchangeOptions,
  request: EhrRequest,
  authorization: string | undefined,
): Promise<EhrResponse> {
  const url = ownUrl(options.baseUrl, request.path);
  const headers: Record<string, string> = {
    accept: 'application/fhir+json, application/json;q=0.9',
    'x-request-id': REQUEST_ID_PREFIX + Math.floor(options.random() * 36 ** 8).toString(36),
    ...(authorization ? { authorization } : {}),
    ...(request.body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
    ...request.headers,
  };
  const init: RequestInit = {
    method: request.method,
    headers,
    // A followed redirect could carry the token, or a write, to somebody else.
    redirect: 'manual',
    signal: AbortSignal.timeout(options.timeoutMs ?? 30_000),
  };
  if (request.body !== undefined) init.body = JSON.stringify(request.body);
  try {
    const response = await options.fetch(url, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(response, text, request), url };
  } catch (cause) {
    throw cause instanceof EhrError ? cause : networkError(request, cause);
  }
}

/** Resolves against the base and refuses every other host, port, scheme or user: there our token has no business (SSRF). */
export function ownUrl(baseUrl: string, path: string): string {
  const base = `${baseUrl.replace(/\/+$/, '')}/`;
  const url = URL.canParse(path, base) ? new URL(path, base) : undefined;
  if (url && url.origin === new URL(base).origin && url.username === '' && url.password === '') return url.href;
  throw new EhrError('A link led away from the configured EHR and was not followed.', {
    code: 'foreign-link',
    retry: 'never',
  });
}

function parse(response: Response, text: string, request: EhrRequest): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // An error page of a proxy is still an answer; its status says enough.
    if (!response.ok) return undefined;
    throw new EhrError(`The answer to ${request.what} is no JSON.`, {
      code: 'not-fhir',
      retry: 'later',
      status: response.status,
    });
  }
}

const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
/** OpenSSL's names for a certificate that is expired, of another host, or of nobody we know; nothing was written then. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_CA$)/;
/** A refused handshake, or a record that broke later: what was written by then is not known. */
const TLS = /^(ERR_SSL_|EPROTO$)/;

const FetchFailure = z.object({
  cause: z.object({ code: z.string().default(''), syscall: z.string().optional() }),
});

/** `network`: certainly not received. `timeout`: perhaps received, perhaps done. */
function networkError({ what }: EhrRequest, thrown: unknown): EhrError {
  const { code = '', syscall } = FetchFailure.safeParse(thrown).data?.cause ?? {};
  if (UNTRUSTED.test(code))
    return new EhrError(`The EHR was not asked for ${what}: its certificate is not to be trusted.`, {
      code: 'network',
      retry: 'later',
      diagnostics: code,
    });
  if (TLS.test(code))
    return new EhrError(`No secure connection (TLS) to the EHR came about for ${what}.`, {
      code: 'timeout',
      retry: 'later',
      diagnostics: code,
    });
  return NEVER_LEFT.has(code) || syscall === 'connect'
    ? new EhrError(`The EHR could not be reached for ${what}.`, { code: 'network', retry: 'later' })
    : new EhrError(`The EHR did not answer ${what}.`, { code: 'timeout', retry: 'later' });
}

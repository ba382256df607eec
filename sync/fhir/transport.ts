import type { EhrAuth } from './auth/auth.ts';
import { openBreaker } from './breaker.ts';
import { type EhrRequest, type EhrResponse, type ExchangeOptions, exchange } from './exchange.ts';
import { EhrError, errorOf, outcomeCodes } from './outcome.ts';
import { openPace } from './pace.ts';
import type { VendorProfile } from './profile.ts';
import { backOffMs, retryAfterMs } from './retry.ts';

/** What of the service's logger is used here; winston fits. */
export interface EhrLog {
  warn(message: string, fields?: Record<string, unknown>): unknown;
}

export interface TransportOptions extends ExchangeOptions {
  auth: EhrAuth;
  sleep: (ms: number) => Promise<void>;
  profile: VendorProfile;
  log: EhrLog;
}

export type Send = (request: EhrRequest) => Promise<EhrResponse>;

interface Failure {
  error: EhrError;
  /** The EHR certainly did not do it, so doing it again is safe whatever it was. */
  notDone: boolean;
}

const ATTEMPTS = 4;
/** A longer wait belongs to the job queue, not to an open request. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Sends with pace, retries and breaker. Answers with any status below 500 except 401 and 429; everything else throws
 * EhrError, `outcome-unknown` where a write may or may not have happened (`standards.md` §0.5).
 */
export function openTransport(options: TransportOptions): Send {
  const { clock, random, sleep, auth, log } = options;
  const breaker = openBreaker(clock);
  const pace = openPace({ limit: options.profile.rateLimit, clock, sleep });

  async function once(request: EhrRequest, renewed: boolean): Promise<EhrResponse | Failure> {
    const blocked = breaker.waitMs();
    if (blocked > 0) throw circuitOpen(blocked);
    await pace.turn();
    try {
      const authorization = await auth.authorization();
      const response = await exchange(options, request, authorization);
      pace.observe(response.status, response.headers);
      // Epic's daily budget is used up (4135): an hour of silence, then one look.
      if (outcomeCodes(response.body).vendor.includes('4135')) pace.pause(3_600_000);
      if (response.status === 401) auth.invalidate(authorization);
      // Many are under way when a token ends: only one that is refused a new token says that something is wrong.
      if (isIll(response.status) || (response.status === 401 && renewed)) breaker.failed();
      else if (response.status !== 401) breaker.succeeded();
      if (!isFailure(response.status, request)) return response;
      const error = errorOf(request.what, response.status, response.body, {
        later: isRetried(request, response.status),
        retryAfterMs: retryAfterMs(response.headers, clock()),
      });
      return { error, notDone: response.status < 500 };
    } catch (error) {
      if (!(error instanceof EhrError)) throw error;
      // A proxy's page in the place of an answer says nothing of the EHR behind it; it is asked again, and soon.
      if (error.retry === 'later' && error.code !== 'not-fhir') breaker.failed();
      return { error, notDone: error.code === 'network' || error.code === 'token' };
    }
  }

  return async function send(request) {
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const result = await once(request, renewed);
      if (!('error' in result)) return result;
      const { code, status, retryAfterMs: asked } = result.error;
      const isRefused = code === 'unauthorized';
      if ((isRefused && renewed) || !mayTryAgain(result, request, attempt)) throw lastWord(result, request);
      renewed ||= isRefused;
      log.warn('The EHR did not do as asked; trying again.', { request: request.what, code, status, attempt });
      // A 429 is waited out by the pace, together with everything else this client wants.
      if (code !== 'throttled' && !isRefused) await sleep(asked ?? backOffMs(attempt, random));
    }
  };
}

const isIll = (status: number): boolean => status >= 500 && status !== 501;

const isFailure = (status: number, request: EhrRequest): boolean =>
  status >= 500 || status === 401 || status === 429 || isRetried(request, status);

function mayTryAgain({ error, notDone }: Failure, request: EhrRequest, attempt: number): boolean {
  if (attempt + 1 >= ATTEMPTS || !(notDone || request.idempotent)) return false;
  if (error.code !== 'throttled' && (error.retryAfterMs ?? 0) > LONGEST_RETRY_AFTER_MS) return false;
  return error.retry === 'later';
}

const isRetried = (request: EhrRequest, status: number): boolean => request.retryStatuses?.includes(status) ?? false;

function lastWord({ error, notDone }: Failure, request: EhrRequest): EhrError {
  if (notDone || request.idempotent || error.retry === 'never') return error;
  return new EhrError(`It is not known whether the EHR did ${request.what}; look before doing it again.`, {
    code: 'outcome-unknown',
    retry: 'never',
    diagnostics: error.diagnostics,
    ...(error.status === undefined ? {} : { status: error.status }),
  });
}

function circuitOpen(waitMs: number): EhrError {
  return new EhrError('The EHR has failed several times in a row; nothing is sent for a while.', {
    code: 'circuit-open',
    retry: 'later',
    retryAfterMs: waitMs,
  });
}

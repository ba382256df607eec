import type { Instant } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';

/*
 * Retry and breaker are ours and not a library's because the clock, the sleep and the dice are injected (design law 15);
 * the libraries at hand read the machine's own.
 */

const FIRST_MS = 300;
const CAP_MS = 10_000;

/** Full jitter: anything between nothing and the doubled step, so that many workers do not come back together. */
export function backOffMs(attempt: number, random: () => number): number {
  return Math.round(random() * Math.min(CAP_MS, FIRST_MS * 2 ** attempt));
}

/** Milliseconds the server asked for: `Retry-After` in seconds or as a date, or Microsoft's header in milliseconds. */
export function retryAfterMs(headers: Headers, now: Instant): number | undefined {
  const ms = Number(headers.get('x-ms-retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - toMs(now));
}

export interface RateLimitState {
  /** Units left in the current window. */
  remaining: number;
  /** Milliseconds until the window renews. */
  resetMs: number;
}

/** `"requests";r=59499;t=55, "fhirInteractions";r=0;t=55`: one entry per limit (Medplum sends no Retry-After). */
export function rateLimits(headers: Headers): RateLimitState[] {
  const text = headers.get('ratelimit') ?? '';
  return text.split(',').flatMap(part => {
    const remaining = /;\s*r=(\d{1,9})/.exec(part)?.[1];
    const seconds = /;\s*t=(\d{1,9})/.exec(part)?.[1];
    return remaining && seconds ? [{ remaining: Number(remaining), resetMs: Number(seconds) * 1000 }] : [];
  });
}

import type { Clock } from '../domain/clock.ts';
import { toMs } from '../domain/time.ts';
import { EhrError } from './outcome.ts';
import type { VendorProfile } from './profile.ts';
import { rateLimits, retryAfterMs } from './retry.ts';

export interface PaceOptions {
  limit: VendorProfile['rateLimit'];
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

export interface Pace {
  /** Waits for this request's turn. Throws `throttled` when the EHR wants silence for longer than a request should wait. */
  turn(): Promise<void>;
  /** Learns from an answer: a 429, or a remainder that is nearly used up, stops the whole client. */
  observe(status: number, headers: Headers): void;
  /** Silence for that long, from now. */
  pause(ms: number): void;
}

/** Longer than Medplum's window of a minute, so that one full stop is waited out in place. */
const LONGEST_WAIT_MS = 90_000;
/** A blocked client that asks again a moment too early restarts Medplum's whole block (measured). */
const MARGIN_MS = 3_000;

/** One pace for everything this client sends: a token bucket per profile, and full stops the server asks for. */
export function openPace({ limit, clock, sleep }: PaceOptions): Pace {
  const perMs = limit.perMinute / 60_000;
  let tokens = limit.burst;
  let counted = toMs(clock());
  let silentUntil = 0;

  /** Takes a token, possibly one of the future, and says how long until it is ours. */
  function reserve(): number {
    const now = toMs(clock());
    tokens = Math.min(limit.burst, tokens + Math.max(0, now - counted) * perMs) - 1;
    counted = now;
    return tokens >= 0 ? 0 : Math.ceil(-tokens / perMs);
  }

  async function silence(): Promise<void> {
    // Again after each sleep, as another request may have been told to stop meanwhile; `slept` ends it under a held clock.
    for (let slept = 0; silentUntil > slept; ) {
      const wait = silentUntil - toMs(clock());
      if (wait <= 0) return;
      if (wait > LONGEST_WAIT_MS) throw tooLong(wait);
      slept = silentUntil;
      await sleep(wait);
    }
  }

  return {
    async turn() {
      await silence();
      const wait = reserve();
      if (wait > 0) {
        await sleep(wait);
        await silence();
      }
    },
    observe(status, headers) {
      const exhausted = rateLimits(headers).filter(state => state.remaining < limit.floor || status === 429);
      const asked = [
        ...exhausted.map(state => state.resetMs),
        status === 429 ? retryAfterMs(headers, clock()) : undefined,
      ];
      const known = asked.filter(ms => ms !== undefined);
      if (known.length > 0) this.pause(Math.max(...known) + MARGIN_MS);
      else if (status === 429) this.pause(limit.pauseSeconds * 1000);
    },
    pause(ms) {
      silentUntil = Math.max(silentUntil, toMs(clock()) + ms);
    },
  };
}

function tooLong(wait: number): EhrError {
  return new EhrError('The EHR asked for silence, for longer than a request can wait.', {
    code: 'throttled',
    retry: 'later',
    retryAfterMs: wait,
  });
}

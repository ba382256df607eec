import type { Clock } from '../../domain/clock.ts';
import { toMs } from '../../domain/time.ts';
import { EhrError } from '../outcome.ts';
import type { EhrAuth, Granted } from './auth.ts';
import { requestToken, type TokenForm } from './token-request.ts';

export interface TokenRequestOptions {
  fetch: typeof fetch;
  clock: Clock;
  /** Found once, when the first token is needed. */
  tokenUrl: () => Promise<string>;
}

interface Held extends Granted {
  value: string;
  renewFrom: number;
  endsAt: number;
}

const RENEW_BEFORE_MS = 30_000;

/**
 * Keeps one token until 30 s before it ends, and asks for it once however many wait (`standards.md` §4.9); one that lives
 * for less than a minute is kept for half its life. `form` is called anew for every request, as an assertion may be used
 * only once.
 */
export function cachedToken(
  options: TokenRequestOptions,
  form: (tokenUrl: string) => Promise<TokenForm>,
): Required<EhrAuth> {
  let cached: Held | undefined;
  let underway: Promise<Held> | undefined;
  const now = () => toMs(options.clock());

  async function renew(): Promise<Held> {
    const tokenUrl = await options.tokenUrl();
    const askedAt = now();
    const token = await requestToken(options, tokenUrl, await form(tokenUrl));
    const lifeMs = token.expires_in * 1000;
    cached = {
      tokenUrl,
      seconds: token.expires_in,
      scope: token.scope,
      value: `Bearer ${token.access_token}`,
      renewFrom: askedAt + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 2),
      endsAt: askedAt + lifeMs,
    };
    return cached;
  }

  async function current(): Promise<Held> {
    if (cached && now() < cached.renewFrom) return cached;
    underway ??= renew().finally(() => {
      underway = undefined;
    });
    return underway.catch((error: unknown) => {
      // That is what renewing early is for: the endpoint may be away for a moment, and the old token still holds.
      const passes = error instanceof EhrError && error.retry === 'later';
      if (passes && cached && now() < cached.endsAt) return cached;
      throw error;
    });
  }

  return {
    authorization: async () => (await current()).value,
    granted: current,
    invalidate(refused) {
      if (cached?.value === refused) cached = undefined;
    },
  };
}

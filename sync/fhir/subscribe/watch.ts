import type { Instant } from '../../domain/clock.ts';
import { latest, minus, plus, plusMs } from '../../domain/time.ts';

/** What was last seen of a Subscription that there should be. */
export interface Watched {
  criteria: string;
  /**
   * The EHR calls it active, and yet only the poll hears of changes (`silent`), or the canary is not announced (`deaf`):
   * `hapi.md` §3.
   */
  state: 'active' | 'waiting' | 'wrong' | 'missing' | 'silent' | 'deaf';
  /** A sentence: what is wrong with it. */
  why?: string;
  /** When it got into this state. */
  since: Instant;
  /** How often it was mended of late. */
  attempts: number;
  mendedAt?: Instant;
  /** It is mended next from then on. */
  tryAfter?: Instant;
}

export interface Look {
  criteria: string;
  /** As the EHR tells it. */
  state: Exclude<Watched['state'], 'silent' | 'deaf'>;
  why?: string;
  /** The canary was written, and not announced. */
  isDeaf?: boolean;
  /** Changes that became known in `hearingFrom`. */
  byHook: number;
  byPoll: number;
}

/** So many changes that no hook announced, and none that one did, are no coincidence. */
const MISSED = 3;
/** An EHR knocks at our door before it believes in a Subscription, and may take its time. */
const WAITS = 'PT10M';
const WELL_AFTER = 'PT1H';
const FIRST_MS = 5 * 60_000;
const MOST_MS = 6 * 3_600_000;

/** From when on hooks are counted: of the last while, and only since it was last mended. */
export const hearingFrom = (before: Watched | undefined, now: Instant, span = 'PT1H'): Instant =>
  latest(minus(now, span), before?.mendedAt) as Instant;

/**
 * One look at a Subscription. Returns what to remember of it, and whether it is to be mended now: at once when it fell
 * ill, then after 5 minutes, doubling to 6 hours, until it has been well for an hour (`scope.md` EHR8, L2).
 */
export function watch(look: Look, before: Watched | undefined, now: Instant): { watched: Watched; mend: boolean } {
  const state = stateOf(look);
  const since = before?.state === state ? before.since : now;
  const last = before?.mendedAt;
  const isWell = state === 'active' && (last === undefined || plus(last, WELL_AFTER) <= now);
  const attempts = isWell ? 0 : (before?.attempts ?? 0);
  const { criteria, why } = look;
  const watched = { criteria, state, since, attempts, ...(why ? { why } : {}), ...(isWell ? {} : timesOf(before)) };
  const isIll = state === 'waiting' ? plus(since, WAITS) <= now : state !== 'active';
  if (!isIll || (before?.tryAfter ?? now) > now) return { watched, mend: false };
  const tryAfter = plusMs(now, Math.min(FIRST_MS * 2 ** attempts, MOST_MS));
  return { watched: { ...watched, attempts: attempts + 1, mendedAt: now, tryAfter }, mend: true };
}

function stateOf({ state, isDeaf, byHook, byPoll }: Look): Watched['state'] {
  if (state !== 'active') return state;
  if (isDeaf) return 'deaf';
  return byHook === 0 && byPoll >= MISSED ? 'silent' : 'active';
}

const timesOf = (before: Watched | undefined): Pick<Watched, 'mendedAt' | 'tryAfter'> => ({
  ...(before?.mendedAt ? { mendedAt: before.mendedAt } : {}),
  ...(before?.tryAfter ? { tryAfter: before.tryAfter } : {}),
});

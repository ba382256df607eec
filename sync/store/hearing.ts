import type { Instant } from '../domain/clock.ts';
import { minus, plusMs, toMs } from '../domain/time.ts';
import type { Sql } from './database.ts';

/** Changes of one type that became known together. */
export interface Heard {
  connection: string;
  type: string;
  how: 'hook' | 'poll';
  /** Milliseconds from each change in the EHR to our knowing of it. */
  lags: number[];
}

const SLOT_MS = 5 * 60_000;
const KEPT = 'P7D';
const slotOf = (at: Instant): Instant => plusMs(at, -(toMs(at) % SLOT_MS));

export async function countHeard(sql: Sql, { connection, type, how, lags }: Heard, now: Instant): Promise<void> {
  if (lags.length === 0) return;
  const slot = slotOf(now);
  const counts =
    how === 'hook'
      ? { by_hook: lags.length, by_poll: 0, lag_ms: lags.reduce((a, b) => a + b), longest_lag_ms: Math.max(...lags) }
      : { by_hook: 0, by_poll: lags.length, lag_ms: 0, longest_lag_ms: 0 };
  await sql
    .insertInto('hearing')
    .values({ connection, type, slot, ...counts })
    .onConflict(c =>
      c.columns(['connection', 'type', 'slot']).doUpdateSet(eb => ({
        by_hook: eb('hearing.by_hook', '+', counts.by_hook),
        by_poll: eb('hearing.by_poll', '+', counts.by_poll),
        lag_ms: eb('hearing.lag_ms', '+', counts.lag_ms),
        longest_lag_ms: eb.fn<number>('greatest', ['hearing.longest_lag_ms', eb.val(counts.longest_lag_ms)]),
      })),
    )
    .execute();
}

export interface Hearing {
  connection: string;
  type: string;
  byHook: number;
  byPoll: number;
  /** Milliseconds; of those that a hook announced. */
  meanLagMs: number;
  longestLagMs: number;
}

/** How changes came to be known from `since` on, to five minutes. */
export async function hearingSince(sql: Sql, since: Instant): Promise<Hearing[]> {
  const rows = await sql
    .selectFrom('hearing')
    .select(({ fn }) => [
      'connection',
      'type',
      fn.sum<number>('by_hook').as('hook'),
      fn.sum<number>('by_poll').as('poll'),
      fn.sum<number>('lag_ms').as('lag'),
      fn.max('longest_lag_ms').as('longest'),
    ])
    .where('slot', '>=', slotOf(since))
    .groupBy(['connection', 'type'])
    .orderBy('type')
    .execute();
  return rows.map(({ connection, type, hook, poll, lag, longest }) => ({
    connection,
    type,
    byHook: Number(hook),
    byPoll: Number(poll),
    meanLagMs: Number(hook) > 0 ? Math.round(Number(lag) / Number(hook)) : 0,
    longestLagMs: Number(longest),
  }));
}

export const forgetHearing = (sql: Sql, now: Instant) =>
  sql.deleteFrom('hearing').where('slot', '<', minus(now, KEPT)).execute();

import { type Clock, type Instant, systemClock } from '../domain/clock.ts';
import { latest, plus, toMs } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { activePolicy } from '../store/policy.ts';
import { localMoment, plural } from './print.ts';

/** Two clocks that agree to within this are one. */
const SKEW = 'PT5M';

export interface Present {
  now: Instant;
  /** What to say where this machine's clock is not the one that the database was written by. */
  note?: string;
}

/**
 * Now. The clock of the demonstration runs ahead: its database is looked at as of the newest thing in it, or everything
 * there would lie in the future.
 */
export async function presentOf(sql: Sql, zone: string, clock: Clock = systemClock): Promise<Present> {
  const now = clock();
  const journal = await sql
    .selectFrom('journal')
    .select(eb => eb.fn.max<Instant | null>('at').as('at'))
    .executeTakeFirst();
  const cursor = await sql
    .selectFrom('cursor')
    .select(eb => eb.fn.max<Instant | null>('moved_at').as('at'))
    .executeTakeFirst();
  const newest = latest(journal?.at ?? undefined, cursor?.at ?? undefined);
  if (newest === undefined || newest <= plus(now, SKEW)) return { now };
  const hours = Math.max(1, Math.round((toMs(newest) - toMs(now)) / 3_600_000));
  return {
    now: newest,
    note: `The newest entry here is of ${localMoment(newest, zone)}, ${plural(hours, 'hour')} later than this machine's clock: the demonstration's runs ahead. What is said here is as of that entry.`,
  };
}

/** The practice's own, as the rules in force have it. */
export async function zoneOf(sql: Sql): Promise<string> {
  const body = (await activePolicy(sql))?.body as { clinic?: { zone?: string } } | undefined;
  return body?.clinic?.zone ?? 'UTC';
}

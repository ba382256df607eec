import type { Instant } from '../domain/clock.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';

interface Report {
  channel: string;
  providerId: string;
  state: 'sent' | 'delivered' | 'failed';
  failure?: { reason: Reason };
}

/** Kept even when no message knows this provider id yet: `send` may still be waiting for its answer. */
export const addReport = (sql: Sql, { channel, providerId, state, failure }: Report, at: Instant) =>
  sql
    .insertInto('delivery_report')
    .values({ channel, provider_id: providerId, state, reason: failure?.reason ?? null, at })
    .onConflict(c => c.doNothing())
    .execute();

export const reportsOf = (sql: Sql, channel: string, providerId: string) =>
  sql
    .selectFrom('delivery_report')
    .selectAll()
    .where('channel', '=', channel)
    .where('provider_id', '=', providerId)
    .orderBy('at')
    .execute();

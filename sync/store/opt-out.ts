import type { Instant } from '../domain/clock.ts';
import type { OptOutFact } from '../domain/plan/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';

export const stopsAt = (sql: Sql, addresses: string[]): Promise<OptOutFact[]> =>
  addresses.length === 0
    ? Promise.resolve([])
    : sql
        .selectFrom('opt_out')
        .select(['address', 'medium', 'kind', 'at'])
        .where('address', 'in', addresses)
        .where('lifted_at', 'is', null)
        .execute();

/** `source`: where it came from, e.g. `inbound/<id>`, `provider`. Saying stop again after START stops again. */
export const stop = (sql: Sql, one: OptOutFact & { source: string }) =>
  sql
    .insertInto('opt_out')
    .values({ ...one, lifted_at: null })
    .onConflict(c =>
      c.columns(['address', 'medium', 'kind']).doUpdateSet({ at: one.at, source: one.source, lifted_at: null }),
    )
    .execute();

/** START lifts an opt-out. It never creates consent (D12), and never frees a wrong number. */
export const lift = (sql: Sql, address: string, medium: 'sms' | 'email', at: Instant) =>
  sql
    .updateTable('opt_out')
    .set({ lifted_at: at })
    .where('address', '=', address)
    .where('medium', '=', medium)
    .where('kind', '=', 'opted-out')
    .where('lifted_at', 'is', null)
    .execute();

export const markBad = (sql: Sql, address: string, reason: Reason, at: Instant) =>
  sql
    .insertInto('bad_address')
    .values({ address, reason, at })
    .onConflict(c => c.column('address').doUpdateSet({ reason, at }))
    .execute();

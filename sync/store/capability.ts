import type { Instant } from '../domain/clock.ts';
import type { CapabilitySummary } from '../fhir/capability.ts';
import type { Sql } from './database.ts';

const nameOf = (baseUrl: string) => `capability of ${baseUrl}`;

/** What the server at this address said of itself when it was last asked. */
export async function rememberedCapability(sql: Sql, baseUrl: string): Promise<CapabilitySummary | undefined> {
  const row = await sql.selectFrom('control').select('value').where('name', '=', nameOf(baseUrl)).executeTakeFirst();
  return row?.value as CapabilitySummary | undefined;
}

export const rememberCapability = (sql: Sql, baseUrl: string, summary: CapabilitySummary, at: Instant) => {
  const values = { value: JSON.stringify(summary), at, by: 'loopkeeper' };
  return sql
    .insertInto('control')
    .values({ name: nameOf(baseUrl), ...values })
    .onConflict(c => c.column('name').doUpdateSet(values))
    .execute();
};

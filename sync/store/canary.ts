import type { Instant } from '../domain/clock.ts';
import type { Canary } from '../fhir/subscribe/canary.ts';
import type { Sql } from './database.ts';
import type { Hint } from './notification.ts';

export async function canaryRow(sql: Sql, connection: string): Promise<Canary | undefined> {
  const row = await sql.selectFrom('canary').selectAll().where('connection', '=', connection).executeTakeFirst();
  return (
    row && {
      key: row.key,
      judged: row.judged,
      misses: row.misses,
      ...(row.resource_id ? { id: row.resource_id } : {}),
      ...(row.written_at ? { writtenAt: row.written_at } : {}),
      ...(row.heard_at ? { heardAt: row.heard_at } : {}),
    }
  );
}

/** When it was heard is the door's to say. */
export async function keepCanary(sql: Sql, connection: string, { key, id, writtenAt, judged, misses }: Canary) {
  const values = { key, resource_id: id ?? null, written_at: writtenAt ?? null, judged, misses };
  await sql
    .insertInto('canary')
    .values({ connection, ...values, heard_at: null })
    .onConflict(conflict => conflict.column('connection').doUpdateSet(values))
    .execute();
}

/** However late, and whatever becomes of the hint: the EHR has announced it. */
export async function hearCanary(sql: Sql, hints: readonly Hint[], now: Instant): Promise<void> {
  const heard = hints.filter(({ type, id }) => type === 'Communication' && id !== undefined);
  for (const [connection, group] of Map.groupBy(heard, hint => hint.connection))
    await sql
      .updateTable('canary')
      .set({ heard_at: now, misses: 0 })
      .where('connection', '=', connection)
      .where(
        'resource_id',
        'in',
        group.flatMap(({ id }) => id ?? []),
      )
      .execute();
}

import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';
import type { Tables } from './tables.ts';

export interface InboundRow {
  id: string;
  channel: string;
  providerId: string;
  medium: 'sms' | 'email';
  from: string;
  to: string;
  body: string;
  attachments: string[];
  receivedAt: Instant;
  /** The provider acted on this word by itself. */
  keyword?: 'stop' | 'start' | 'help';
}

/** Durable before the provider is answered; the same provider message twice is one (A5). False when it was known. */
export async function recordInbound(sql: Sql, row: InboundRow, at: Instant): Promise<boolean> {
  const { providerId, from, to, receivedAt, attachments, keyword, ...same } = row;
  const values = {
    ...same,
    provider_id: providerId,
    address: from,
    our_address: to,
    attachments: JSON.stringify(attachments),
    received_at: receivedAt,
    recorded_at: at,
    handled_at: null,
    outcome: null,
    keyword: keyword ?? null,
    publish_after: null,
    ehr_reference: null,
  } satisfies Partial<Record<keyof Tables['inbound'], unknown>>;
  const result = await sql
    .insertInto('inbound')
    .values(values)
    .onConflict(c => c.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export async function unhandledInbound(sql: Sql, limit: number): Promise<string[]> {
  const query = sql.selectFrom('inbound').select('id').where('handled_at', 'is', null);
  return (await query.orderBy('recorded_at').orderBy('id').limit(limit).execute()).map(row => row.id);
}

/** The row, not locked, unless it has been handled. */
export const unhandledBy = (sql: Sql, id: string) =>
  sql.selectFrom('inbound').selectAll().where('id', '=', id).where('handled_at', 'is', null).executeTakeFirst();

/** The row, locked, unless another worker has handled it meanwhile. */
export const lockInbound = (sql: Sql, id: string) =>
  sql
    .selectFrom('inbound')
    .selectAll()
    .where('id', '=', id)
    .where('handled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();

/** Should the chart hold it already, it is written again: now it is known whom it is about. */
export const handled = (sql: Sql, id: string, patients: string[], outcome: string, at: Instant) =>
  sql
    .updateTable('inbound')
    .set(eb => ({ handled_at: at, patients: raw`${patients}::text[]`, outcome, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();

/** As the chart takes it. The patient only where it is certain to be about one; the writer only where one person uses the address. */
export async function heardById(sql: Sql, id: string) {
  const row = await sql.selectFrom('inbound').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const { medium, body, address } = row;
  const answers = sql.selectFrom('reply').select('appointment').where('inbound', '=', id).orderBy('appointment');
  const about = (await answers.execute()).map(reply => reply.appointment);
  const heard = { id, medium, body, address, receivedAt: row.received_at, about };
  const [patient, ...others] = row.patients;
  if (!patient || others.length > 0) return heard;
  const query = sql
    .selectFrom('address')
    .select('person')
    .distinct()
    .where('patient', '=', patient)
    .where('address', '=', address);
  const people = await query.execute();
  const sender = people.length === 1 ? people[0]?.person : undefined;
  return { ...heard, patient, sender };
}

import { type ExpressionBuilder, sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { MessageState } from '../domain/plan/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';
import { visitsAnswered } from './reply.ts';
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
  const rows = await query.orderBy('received_at').orderBy('recorded_at').orderBy('id').limit(limit).execute();
  return rows.map(row => row.id);
}

export interface Turn {
  id: string;
  address: string;
  medium: 'sms' | 'email';
  recorded_at: Instant;
}

/**
 * Whose turn it is before this one is handled: what came earlier from its address, or itself. A "no" after a "yes" must
 * not be overtaken by it. Undefined once it has been handled.
 */
export const nextInLine = (sql: Sql, id: string): Promise<Turn | undefined> =>
  sql
    .selectFrom('inbound as it')
    .innerJoin('inbound as first', join =>
      join.onRef('first.address', '=', 'it.address').onRef('first.medium', '=', 'it.medium'),
    )
    .select(['first.id', 'first.address', 'first.medium', 'first.recorded_at'])
    .where('it.id', '=', id)
    .where('it.handled_at', 'is', null)
    .where('first.handled_at', 'is', null)
    .where(raw<boolean>`(first.received_at, first.recorded_at, first.id) <= (it.received_at, it.recorded_at, it.id)`)
    .orderBy('first.received_at')
    .orderBy('first.recorded_at')
    .orderBy('first.id')
    .limit(1)
    .executeTakeFirst();

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

/**
 * Until the transaction ends, nobody else handles a message from there. Not the lock of the gate, which is taken by
 * who holds patients: this one is taken before anything else.
 */
const lockLine = (sql: Sql, { medium, address }: Turn) =>
  raw`select pg_advisory_xact_lock(hashtextextended(${`line ${medium} ${address}`}, 0))`.execute(sql);

/** The row, locked with its line, if it still is the one whose turn it is. */
export async function lockTurn(sql: Sql, turn: Turn) {
  await lockLine(sql, turn);
  // What another worker has stored meanwhile may have come before it.
  const next = await nextInLine(sql, turn.id);
  return next?.id === turn.id ? lockInbound(sql, turn.id) : undefined;
}

/** Should the chart hold it already, it is written again: now it is known whom it is about. */
export const handled = (sql: Sql, id: string, patients: string[], outcome: string, at: Instant) =>
  sql
    .updateTable('inbound')
    .set(eb => ({ handled_at: at, patients: raw`${patients}::text[]`, outcome, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();

/** Words that have had their effect, whether or not we could say so. */
const IN_EFFECT = ['stopped', 'started'];

/** Answers that never arrived, or may not have (law 6), or whose time has run out. */
const UNSAID: MessageState[] = ['planned', 'expired', 'dropped', 'failed', 'unknown'];

/**
 * Messages whose answer will never be said, or perhaps was not, while nobody was asked to answer them: it was dropped,
 * got lost, or its time has run out, for a reason that leaves the writer waiting. What ended before `since` is history.
 */
export async function unansweredInbound(
  sql: Sql,
  { now, since, unless }: { now: Instant; since: Instant; unless: Reason[] },
): Promise<string[]> {
  const rows = await sql
    .selectFrom('message')
    .innerJoin('inbound', join => join.on('inbound.id', '=', raw<string>`split_part(message.key, '|', 3)`))
    .select('inbound.id')
    .where('message.rule', '=', ANSWERING)
    .where('message.state', 'in', UNSAID)
    .where('message.changed_at', '>=', since)
    .where(eb => eb.or([eb('message.state', '<>', 'planned'), eb('message.send_before', '<=', now)]))
    .where(eb => eb.or([eb('message.state', '<>', 'dropped'), eb('message.reason', 'not in', unless)]))
    .where('inbound.outcome', 'not in', IN_EFFECT)
    .where(nobodyAsked)
    .orderBy('inbound.received_at')
    .orderBy('inbound.id')
    .execute();
  return rows.map(row => row.id);
}

/** The row, locked, unless somebody has been asked about it meanwhile. */
export const lockUnanswered = (sql: Sql, id: string) =>
  sql.selectFrom('inbound').selectAll().where('id', '=', id).where(nobodyAsked).forUpdate().executeTakeFirst();

const nobodyAsked = (eb: ExpressionBuilder<Tables, 'inbound'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('task')
        .select('task.key')
        .where('task.rule', '=', ANSWERING)
        .whereRef(raw`task.plan ->> 'inbound'`, '=', 'inbound.id'),
    ),
  );

/** As the chart takes it. The patient only where it is certain to be about one; the writer only where one person uses the address. */
export async function heardById(sql: Sql, id: string) {
  const row = await sql.selectFrom('inbound').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const { medium, body, address } = row;
  const about = await visitsAnswered(sql, id);
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

import type { Channel, SendResult } from '../channels/channel.ts';
import type { Instant } from '../domain/clock.ts';
import { permit } from '../domain/plan/permit.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Reason } from '../domain/reasons.ts';
import { durationMs, plus, plusMs } from '../domain/time.ts';
import { claim } from '../store/attempt.ts';
import { isPaused } from '../store/control.ts';
import type { Sql } from '../store/database.ts';
import { dueMessages, joinable, messagesByKey } from '../store/find-messages.ts';
import { record } from '../store/journal.ts';
import type { MessageRow } from '../store/message-row.ts';
import { bumpGeneration } from '../store/patient.ts';
import { endMessage, holdMessages } from '../store/planned-message.ts';
import { lockAddress, sentTo } from '../store/sent-to.ts';
import { forbidden } from './forbidden.ts';
import { lookAgain } from './look-again.ts';
import { reconcile } from './loop.ts';
import { settled } from './outcome.ts';
import type { Service } from './service.ts';

/** Messages of one rule, day and address that fall due within this time leave as one; news has to have settled first. */
const JOIN_WITHIN = 'PT12H';
const NEWS: MessageRow['purpose'][] = ['confirmation', 'notice'];
const WEEK = 'P8D';
/** The EHR or the channel could not be asked: look again after this. */
const LATER = 'PT5M';

interface Claimed {
  batch: MessageRow[];
  channel: Channel;
  body: string;
  subject?: string;
}

/** Asks the workers to send what is due; asking twice for the same message is asking once. */
export async function dispatchDue(service: Service, limit = 500): Promise<void> {
  if (await isPaused(service.database.sql)) return;
  for (const { key } of await dueMessages(service.database.sql, service.clock(), limit))
    await service.ask('deliver', key);
}

/** Sends what is due, here and now. Returns how many messages were looked at. */
export async function deliverDue(service: Service, limit = 50): Promise<number> {
  if (await isPaused(service.database.sql)) return 0;
  const due = await dueMessages(service.database.sql, service.clock(), limit);
  for (const { key } of due) await deliver(service, key);
  return due.length;
}

/**
 * The one gate (law 4). Looks at the record again, plans again, and only what is then still planned and due is
 * weighed, claimed and handed over, in that order. Whatever cannot be verified stays where it is.
 */
export async function deliver(service: Service, key: string): Promise<void> {
  const { sql } = service.database;
  const rows = await waiting(sql, key, service.clock());
  if (rows.length === 0) return;
  if (!(await lookAgain(service, rows))) return holdDue(service, rows);
  for (const patient of new Set(rows.map(row => row.patient))) await reconcile(service, patient);
  const claimed = await sql.transaction().execute(trx => weigh(service, trx, key));
  if (claimed) await handOver(service, claimed);
}

/** What only would have left with it, and is not due itself, keeps its hour. */
async function holdDue({ database, clock }: Service, rows: MessageRow[]): Promise<void> {
  const now = clock();
  const keys = rows.filter(row => row.dueAt <= now).map(row => row.key);
  await holdMessages(database.sql, keys, plus(now, LATER), 'ehr-unreachable');
}

/** The message if it is due, and those that may leave with it. */
async function waiting(sql: Sql, key: string, now: Instant): Promise<MessageRow[]> {
  const row = (await messagesByKey(sql, [key])).find(one => one.state === 'planned' && one.dueAt <= now);
  if (!row) return [];
  if (!row.joinKey) return [row];
  const until = NEWS.includes(row.purpose) ? now : plus(now, JOIN_WITHIN);
  const others = await joinable(sql, row.joinKey, until);
  return [row, ...others.filter(other => other.key !== key && alike(row, other))];
}

/** What the words of a joined text assume: one text, one language, one reader. */
const alike = (a: MessageRow, b: MessageRow) =>
  a.text === b.text && a.language === b.language && a.medium === b.medium && a.address === b.address;

async function weigh(service: Service, sql: Sql, key: string): Promise<Claimed | undefined> {
  const now = service.clock();
  const { clinic } = await service.policy();
  const rows = await waiting(sql, key, now);
  const first = rows[0];
  if (!first || (await isPaused(sql)) || (await braked(sql, rows))) return undefined;
  // Two messages to one phone take turns, or both would pass the cap.
  await lockAddress(sql, first.address);
  const sent = await sentTo(sql, first.address, plusMs(now, -durationMs(WEEK)));
  const verdict = permit(first, sent, clinic, now);
  if (verdict.verdict === 'hold') return hold(sql, [first], verdict.until, verdict.reason, now);
  if (verdict.verdict === 'drop') return drop(sql, [first], verdict.reason, now);
  return prepare(service, sql, rows, now);
}

async function prepare(service: Service, sql: Sql, rows: MessageRow[], now: Instant): Promise<Claimed | undefined> {
  const policy = await service.policy();
  const first = rows[0] as MessageRow;
  const channel = service.channels[first.medium];
  if (!channel) return drop(sql, rows, 'channel-not-configured', now);
  if (!service.isAllowed(first.address)) return drop(sql, rows, 'recipient-not-allowed', now);
  const words = wordsOf(rows, policy, now, first.blanks ?? {});
  if ('cannot' in words) return drop(sql, rows, words.cannot, now);
  const finding = forbidden(words, rows, policy);
  if (finding) return drop(sql, rows, 'content-forbidden', now, finding);
  const keys = rows.map(row => row.key);
  const batch = first.id;
  if (!(await claim(sql, keys, { batch, channel: channel.name, ...words, at: now }))) return undefined;
  await journal(sql, rows, 'claim', undefined, now, { batch, channel: channel.name });
  return { batch: rows, channel, ...words };
}

async function hold(sql: Sql, rows: MessageRow[], until: Instant, reason: Reason, now: Instant): Promise<undefined> {
  await holdMessages(
    sql,
    rows.map(row => row.key),
    until,
    reason,
  );
  await journal(sql, rows, 'hold', reason, now, { until });
}

async function drop(sql: Sql, rows: MessageRow[], reason: Reason, now: Instant, detail = {}): Promise<undefined> {
  const state = reason === 'too-late' ? 'expired' : 'dropped';
  await endMessage(
    sql,
    rows.map(row => row.key),
    state,
    reason,
    now,
  );
  // Who was not reached may need a call: the plan looks at once.
  await bumpGeneration(
    sql,
    rows.map(row => row.patient),
  );
  await journal(sql, rows, state, reason, now, detail);
}

async function handOver(service: Service, { batch, channel, body, subject }: Claimed): Promise<void> {
  const first = batch[0] as MessageRow;
  const unsubscribeUrl = first.medium === 'email' ? service.unsubscribeUrl(first.id) : undefined;
  const message = { reference: first.id, to: first.address, body, subject, unsubscribeUrl };
  const claimedAt = service.clock();
  let result: SendResult = await channel.send(message);
  if (result.outcome === 'unknown') {
    const found = await channel.find(message, claimedAt);
    if (found.outcome === 'found') result = { outcome: 'accepted', providerId: found.providerId };
  }
  await settled(service, first.id, result);
}

async function braked(sql: Sql, rows: MessageRow[]): Promise<boolean> {
  const patients = rows.map(row => row.patient);
  const query = sql
    .selectFrom('patient')
    .select('reference')
    .where('reference', 'in', patients)
    .where('brake', 'is not', null);
  return (await query.limit(1).execute()).length > 0;
}

const journal = (sql: Sql, rows: MessageRow[], what: string, reason: Reason | undefined, at: Instant, detail = {}) =>
  record(
    sql,
    rows.map(({ key, patient }) => ({ at, who: 'loopkeeper', what, patient, key, reason, detail })),
  );

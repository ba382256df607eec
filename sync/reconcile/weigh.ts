import type { Channel } from '../channels/channel.ts';
import type { Instant } from '../domain/clock.ts';
import { permit } from '../domain/plan/permit.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Reason } from '../domain/reasons.ts';
import { durationMs, plusMs } from '../domain/time.ts';
import { claim } from '../store/attempt.ts';
import { isPaused } from '../store/control.ts';
import type { Sql } from '../store/database.ts';
import { record } from '../store/journal.ts';
import type { MessageRow } from '../store/message-row.ts';
import { bumpGeneration } from '../store/patient.ts';
import { endMessage, holdMessages } from '../store/planned-message.ts';
import { lockAddress, sentTo } from '../store/sent-to.ts';
import { forbidden } from './forbidden.ts';
import type { Service } from './service.ts';
import { waiting } from './waiting.ts';

const WEEK = 'P8D';

export interface Claimed {
  batch: MessageRow[];
  channel: Channel;
  body: string;
  subject?: string;
}

/** May it go, and if so in which words? What may is claimed: `sending` is in the table before anybody is called (law 6). */
export async function weigh(service: Service, sql: Sql, key: string): Promise<Claimed | undefined> {
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

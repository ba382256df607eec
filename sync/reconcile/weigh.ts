import type { Channel } from '../channels/channel.ts';
import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { permit } from '../domain/plan/permit.ts';
import { wordsOf } from '../domain/plan/words.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { type Reason, reasonIfLate } from '../domain/reasons.ts';
import { durationMs, plusMs } from '../domain/time.ts';
import { claim } from '../store/attempt.ts';
import { isPaused } from '../store/control.ts';
import type { Sql } from '../store/database.ts';
import { type Entry, record } from '../store/journal.ts';
import type { MessageRow } from '../store/message-row.ts';
import { bumpGeneration } from '../store/patient.ts';
import { endMessage, holdMessages } from '../store/planned-message.ts';
import { afterAllSaid, lockAddress, sentTo } from '../store/sent-to.ts';
import { forbidden } from './forbidden.ts';
import { entriesOf as entriesOfPlans, replan } from './loop.ts';
import { outdated } from './outdated.ts';
import type { Service } from './service.ts';
import { subjectsOf, waiting } from './waiting.ts';

const WEEK = 'P8D';

export interface Claimed {
  batch: MessageRow[];
  channel: Channel;
  body: string;
  subject?: string;
  /** When it was claimed: of several attempts to send one message, this tells which. */
  at: Instant;
}

interface Gate {
  service: Service;
  /** One transaction: the plan that a message is weighed by is the plan it leaves by. */
  sql: Sql;
  policy: Policy;
  /** Records that were read again just now. */
  seen: ReadonlySet<Reference>;
}

/** A step of the gate: what it writes into the journal, and what may leave, if anything may. */
interface Step {
  entries: Entry[];
  claimed?: Claimed;
}

const NOTHING: Step = { entries: [] };

/** May it go, and if so in which words? What may is claimed: `sending` is in the table before anybody is called (law 6). */
export async function weigh(gate: Gate, key: string): Promise<Claimed | undefined> {
  const { service, sql, policy, seen } = gate;
  const patients = [...seen].filter(one => one.startsWith('Patient/'));
  const plans = await replan(service, sql, patients, policy);
  const { entries, claimed } = await decide(gate, key);
  await record(sql, [...entriesOfPlans(plans, service.clock()), ...entries]);
  return claimed;
}

async function decide(gate: Gate, key: string): Promise<Step> {
  const { service, sql, policy, seen } = gate;
  const now = service.clock();
  const rows = await waiting(sql, key, now);
  const first = rows[0];
  if (!first || (await isPaused(sql))) return NOTHING;
  // The new plan speaks of something that nobody has looked at: the next look finds it, and sees to that too.
  if (![...subjectsOf(rows)].every(subject => seen.has(subject))) return NOTHING;
  const stale = await outdated(sql, first);
  if (stale) return drop(sql, [first], stale, now);
  // Two messages to one phone take turns, or both would pass the cap.
  await lockAddress(sql, first.address);
  const sent = await sentTo(sql, first.address, plusMs(now, -durationMs(WEEK)));
  const verdict = permit(first, sent, policy.clinic, now);
  if (verdict.verdict === 'hold') return hold(sql, [first], verdict.until, verdict.reason, now);
  if (verdict.verdict === 'drop') return drop(sql, [first], lostTo(first, verdict.reason), now);
  return prepare(gate, rows, now);
}

/** A channel that was down until the night has lost what no morning can make good. */
const lostTo = ({ reason: held }: MessageRow, reason: Reason): Reason =>
  reason === 'too-late' || (reason === 'quiet-hours' && held === 'channel-down') ? reasonIfLate(held) : reason;

async function prepare({ service, sql, policy }: Gate, rows: MessageRow[], now: Instant): Promise<Step> {
  const first = rows[0] as MessageRow;
  const channel = service.channels[first.medium];
  if (!channel) return drop(sql, rows, 'channel-not-configured', now);
  if (!service.isAllowed(first.address)) return drop(sql, rows, 'recipient-not-allowed', now);
  const words = wordsOf(rows, policy, now, first.blanks ?? {});
  if ('cannot' in words) return drop(sql, rows, words.cannot, now);
  const finding = forbidden(words, rows, policy);
  if (finding) return drop(sql, rows, 'content-forbidden', now, finding);
  const batch = first.id;
  const patients = rows.map(row => row.patient);
  const sentAt = await afterAllSaid(sql, patients, now);
  if (!(await claim(sql, keysOf(rows), { batch, channel: channel.name, ...words, at: now, sentAt }))) return NOTHING;
  const entries = entriesOf(rows, 'claim', undefined, now, { batch, channel: channel.name });
  return { entries, claimed: { batch: rows, channel, ...words, at: now } };
}

async function hold(sql: Sql, rows: MessageRow[], until: Instant, reason: Reason, now: Instant): Promise<Step> {
  await holdMessages(sql, keysOf(rows), until, reason);
  return { entries: entriesOf(rows, 'hold', reason, now, { until }) };
}

async function drop(sql: Sql, rows: MessageRow[], reason: Reason, now: Instant, detail = {}): Promise<Step> {
  const state = reason === 'too-late' || reason === 'channel-was-down' ? 'expired' : 'dropped';
  await endMessage(sql, keysOf(rows), state, reason, now);
  // Who was not reached may need a call: the plan looks at once.
  await bumpGeneration(
    sql,
    rows.map(row => row.patient),
  );
  return { entries: entriesOf(rows, state, reason, now, detail) };
}

const keysOf = (rows: MessageRow[]) => rows.map(row => row.key);

const entriesOf = (rows: MessageRow[], what: string, reason: Reason | undefined, at: Instant, detail = {}): Entry[] =>
  rows.map(({ key, patient }) => ({ at, who: 'loopkeeper', what, patient, key, reason, detail }));

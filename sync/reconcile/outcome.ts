import type { Channel, ChannelFailure, DeliveryReport, FindResult, SendResult } from '../channels/channel.ts';
import type { Instant } from '../domain/clock.ts';
import type { MessageState } from '../domain/plan/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import { minus, plus } from '../domain/time.ts';
import { batchOf, inFlight, settle } from '../store/attempt.ts';
import { pauseChannel } from '../store/control.ts';
import type { Sql } from '../store/database.ts';
import { addReport, reportsOf } from '../store/delivery-report.ts';
import { record } from '../store/journal.ts';
import type { MessageRow } from '../store/message-row.ts';
import { markBad, stop } from '../store/opt-out.ts';
import { bumpGeneration } from '../store/patient.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';

const TRY_AGAIN = 'PT5M';
/** Whoever has claimed a message calls the provider within this, or not at all: later, it is somebody else's. */
export const CLAIM_HOLDS = 'PT1M';
/** Longer than a claim holds and any provider call may take: what is still `sending` then was cut off by a crash. */
const CUT_OFF = 'PT2M';

interface End {
  state: MessageState;
  reason?: Reason;
  providerId?: string;
  dueAt?: Instant;
  claimedAt?: Instant;
}

/**
 * Records how handing over a batch ended. Only what is still `sending` changes, as a report may have been quicker; and
 * only by this claim, as who was slow or slept must not end the attempt that another makes by now.
 */
export async function settled(service: Service, batch: string, claimedAt: Instant, result: SendResult): Promise<void> {
  const now = service.clock();
  await inTransaction(service.database.sql, async sql => {
    const rows = await end(sql, batch, ['sending'], { ...endOf(result, now), claimedAt }, now);
    const first = rows[0];
    if (!first) return;
    if (result.outcome === 'refused') await learn(service, sql, first, result.failure);
    if (result.outcome === 'accepted' && first.channel)
      for (const report of await reportsOf(sql, first.channel, result.providerId))
        await applyReport(sql, batch, report.state, result.providerId, report.reason ?? undefined, now);
  });
}

function endOf(result: SendResult, now: Instant): End {
  if (result.outcome === 'accepted') return { state: 'sent', providerId: result.providerId };
  if (result.outcome === 'unknown') return { state: 'unknown', reason: 'outcome-unknown' };
  const { retry, reason } = result.failure;
  return retry === 'later' ? { state: 'planned', reason, dueAt: plus(now, TRY_AGAIN) } : { state: 'failed', reason };
}

/** Every end is a new fact about its patients: chains go on, escalations open. */
async function end(sql: Sql, batch: string, from: MessageState[], how: End, at: Instant): Promise<MessageRow[]> {
  const rows = await settle(sql, batch, from, { ...how, at });
  await bumpGeneration(
    sql,
    rows.map(row => row.patient),
  );
  const { state, reason } = how;
  await record(
    sql,
    rows.map(({ key, patient }) => ({ at, who: 'loopkeeper', what: state, patient, key, reason })),
  );
  return rows;
}

/** What a refusal teaches about the address, or about our account: the next message must not run into it again. */
async function learn(
  { clock, log }: Service,
  sql: Sql,
  { address, medium }: MessageRow,
  { reason, fault, staffText, providerCode: code, stopsChannel }: ChannelFailure,
): Promise<void> {
  const at = clock();
  if (stopsChannel && (await pauseChannel(sql, { medium, because: staffText, at }))) {
    await record(sql, [{ at, who: 'loopkeeper', what: 'pause', detail: { medium, ...(code ? { code } : {}) } }]);
    log.error(`${staffText} Nothing is sent by this channel until then and \`loopkeeper resume\`.`, { medium, code });
  }
  if (reason === 'opted-out') await stop(sql, { address, medium, kind: 'opted-out', at, source: 'provider' });
  else if (fault === 'recipient') await markBad(sql, address, reason, at);
}

/** A delivery report: late, doubled, out of order, or before `send` has returned; each is fine. */
export async function receiveReport(service: Service, report: DeliveryReport): Promise<void> {
  const now = service.clock();
  await inTransaction(service.database.sql, async sql => {
    await addReport(sql, report, now);
    const rows = await batchOf(sql, report);
    const first = rows[0] ?? (report.reference ? (await batchOf(sql, { batch: report.reference }))[0] : undefined);
    if (!first?.batch) return;
    await applyReport(sql, first.batch, report.state, report.providerId, report.failure?.reason, now);
    if (report.failure) await learn(service, sql, first, report.failure);
  });
}

/** Delivered wins over failed, whichever came first (`standards.md` §6.5); nothing else ever moves back. */
const GIVES_WAY: Record<DeliveryReport['state'], MessageState[]> = {
  sent: ['sending', 'unknown'],
  delivered: ['sending', 'sent', 'unknown', 'failed'],
  failed: ['sending', 'sent', 'unknown'],
};

async function applyReport(
  sql: Sql,
  batch: string,
  state: DeliveryReport['state'],
  providerId: string,
  reason: Reason | undefined,
  at: Instant,
): Promise<void> {
  const why = state === 'failed' ? { reason: reason ?? ('undeliverable' as const) } : {};
  await end(sql, batch, GIVES_WAY[state], { state, providerId, ...why }, at);
}

/** After a crash: asks the provider about every batch that was cut off. What it cannot say goes to a person (law 6). */
export async function askAboutCutOff(service: Service): Promise<number> {
  const { database, clock, channels } = service;
  const cutOff = await inFlight(database.sql, minus(clock(), CUT_OFF));
  for (const { batch, claimed_at } of cutOff) {
    const first = batch ? (await batchOf(database.sql, { batch }))[0] : undefined;
    if (!first?.body || !batch) continue;
    const message = { reference: first.id, to: first.address, body: first.body, subject: first.subject };
    const channel = channels[first.medium];
    const result = channel
      ? await resultOf(service, batch, channel, await channel.find(message, claimed_at))
      : { outcome: 'unknown' as const };
    await settled(service, batch, claimed_at, result);
  }
  return cutOff.length;
}

/**
 * What the provider's answer to "did you ever get this?" proves. Not every provider knows our reference: a text that we
 * know to be another message's, in the same words to the same number, says nothing of this one.
 */
export async function resultOf(
  { database }: Service,
  batch: string,
  { name }: Channel,
  found: FindResult,
): Promise<SendResult> {
  if (found.outcome === 'unknown') return found;
  if (found.outcome === 'absent') return { outcome: 'refused', failure: NEVER_LEFT };
  const { providerId } = found;
  const known = await batchOf(database.sql, { channel: name, providerId });
  return known.some(row => row.batch !== batch) ? { outcome: 'unknown' } : { outcome: 'accepted', providerId };
}

const NEVER_LEFT: ChannelFailure = {
  reason: 'channel-down',
  retry: 'later',
  fault: 'ours',
  staffText: 'The service stopped before the message was handed over; it will be tried again.',
};

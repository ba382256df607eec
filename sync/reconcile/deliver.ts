import type { Reference } from '../domain/facts/fact.ts';
import type { Reason } from '../domain/reasons.ts';
import { plus } from '../domain/time.ts';
import { isPaused, pausedChannels } from '../store/control.ts';
import type { Sql } from '../store/database.ts';
import { dueMessages } from '../store/find-messages.ts';
import type { MessageRow } from '../store/message-row.ts';
import { holdMessages } from '../store/planned-message.ts';
import { consentsOf } from '../store/resource.ts';
import { inTransaction } from '../store/transaction.ts';
import { handOver } from './hand-over.ts';
import { lookAgain } from './look-again.ts';
import type { Service } from './service.ts';
import { subjectsOf, waiting } from './waiting.ts';
import { weigh } from './weigh.ts';

/** The EHR could not be asked, or the provider does not want us: look again after this. */
const LATER = 'PT5M';

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
  if (await isChannelPaused(service, rows)) return holdDue(service, rows, 'channel-down');
  const seen = await recordsBehind(sql, rows);
  if (!(await lookAgain(service, seen))) return holdDue(service, rows, 'ehr-unreachable');
  const policy = await service.policy();
  const claimed = await inTransaction(sql, trx => weigh({ service, sql: trx, policy, seen }, key));
  if (claimed) await handOver(service, claimed);
}

/** Then the EHR need not be asked either. What has become too late meanwhile goes on to the gate, which says so. */
async function isChannelPaused({ database, clock }: Service, [first]: MessageRow[]): Promise<boolean> {
  if (!first || first.sendBefore <= clock()) return false;
  return (await pausedChannels(database.sql)).some(({ medium }) => medium === first.medium);
}

/** Consents too: a refusal written down a moment ago binds. One nobody has read yet comes by hook or poll. */
async function recordsBehind(sql: Sql, rows: MessageRow[]): Promise<Set<Reference>> {
  const subjects = subjectsOf(rows);
  const patients = [...subjects].filter(subject => subject.startsWith('Patient/'));
  return new Set([...subjects, ...(await consentsOf(sql, patients))]);
}

/** What only would have left with it, and is not due itself, keeps its hour. */
async function holdDue({ database, clock }: Service, rows: MessageRow[], reason: Reason): Promise<void> {
  const now = clock();
  const keys = rows.filter(row => row.dueAt <= now).map(row => row.key);
  await holdMessages(database.sql, keys, plus(now, LATER), reason);
}

import type { AnswerTask } from '../domain/inbound/decision.ts';
import { minus } from '../domain/time.ts';
import { handled, lockTurn, lockUnanswered, type Turn, unansweredInbound } from '../store/inbound.ts';
import { record } from '../store/journal.ts';
import { visitsAnswered } from '../store/reply.ts';
import { inTransaction } from '../store/transaction.ts';
import { openAnswerTasks } from './answer-tasks.ts';
import { OUTDATED } from './outdated.ts';
import type { Service } from './service.ts';
import { situationOf } from './situation.ts';

/** What ended longer ago was seen by an earlier sweep. */
const HISTORY = 'P1D';

/** A message whose handling fails again and again: a person reads it, by its address and its words alone (law 9). */
export async function leaveUnreadToPerson(service: Service, turn: Turn, code: string): Promise<void> {
  const { database, clock, log } = service;
  const at = clock();
  const asked: AnswerTask = { code: 'identify-sender', patient: '', priority: 'asap', about: [] };
  await inTransaction(database.sql, async sql => {
    const row = await lockTurn(sql, turn);
    if (!row) return;
    const opened = await openAnswerTasks(service, sql, row, [asked], []);
    await handled(sql, row.id, [], 'unread', at);
    await record(sql, [
      { at, who: 'loopkeeper', what: 'answer', key: row.id, detail: { outcome: 'unread' } },
      ...opened,
    ]);
  });
  log.error('A message could not be handled; a person was asked to read it.', { inbound: turn.id, code });
}

/**
 * An answer that was never said (the EHR was down for longer than it was worth, sending was paused, its text may not be
 * used) leaves somebody waiting: a person answers instead (law 9). Returns how many were left to people.
 */
export async function leaveUnsaidToPeople(service: Service): Promise<number> {
  const { sql } = service.database;
  const now = service.clock();
  const ids = await unansweredInbound(sql, { now, since: minus(now, HISTORY), unless: OUTDATED });
  for (const id of ids) await leaveUnsaid(service, id);
  return ids.length;
}

const leaveUnsaid = (service: Service, id: string): Promise<void> =>
  inTransaction(service.database.sql, async sql => {
    const row = await lockUnanswered(sql, id);
    if (!row) return;
    const { writers } = await situationOf(service, sql, row);
    const [patient = '', ...others] = row.patients;
    const about = await visitsAnswered(sql, id);
    const asked: AnswerTask = {
      code: writers.length > 0 ? 'answer-patient' : 'identify-sender',
      patient: others.length > 0 ? '' : patient,
      priority: 'urgent',
      about,
    };
    await record(sql, await openAnswerTasks(service, sql, row, [asked], writers));
  });

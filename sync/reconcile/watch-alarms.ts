import { ALARMS, type Alarm } from '../domain/alarm/alarm.ts';
import type { AlarmFile } from '../domain/alarm/alarm-file.ts';
import { ring } from '../domain/alarm/ring.ts';
import { signalsIn } from '../domain/alarm/signals-in.ts';
import { plus } from '../domain/time.ts';
import { alarms, keepAlarms } from '../store/alarm.ts';
import { takeLease } from '../store/lease.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Service } from './service.ts';
import { type Premises, standingOf } from './standing.ts';

export type Watchman = Premises & { owners: AlarmFile['owners'] };

/**
 * Looks whether anything is wrong, and calls its owner once, again a day later, and when it is over. One instance at a
 * time. Whom an e-mail did not reach is called in the next round.
 */
export async function watchAlarms(service: Service, watchman: Watchman, instance: string): Promise<void> {
  const { database, clock } = service;
  const { sql } = database;
  const now = clock();
  if (!(await takeLease(sql, 'alarms', instance, now, plus(now, 'PT4M')))) return;
  const { rules } = await service.policy();
  const signals = signalsIn(await standingOf(service, watchman), rules, now);
  const { standing, tell, over } = ring(await alarms(sql), signals, now);
  const told = new Set<Alarm>();
  for (const alarm of tell) if (await call(service, watchman, alarm, 'raised')) told.add(alarm);
  for (const alarm of over) await call(service, watchman, alarm, 'over');
  const rows = standing.map(alarm => (told.has(alarm) ? { ...alarm, toldAt: now } : alarm));
  await inTransaction(sql, trx => keepAlarms(trx, rows));
}

/** To the log always, and by e-mail to whom the file names. False where an e-mail was not taken. */
async function call(service: Service, { owners }: Watchman, alarm: Alarm, became: 'raised' | 'over'): Promise<boolean> {
  const { owner, says, runbook } = ALARMS[alarm.alarm];
  const { alarm: code, subject, detail, since } = alarm;
  if (became === 'raised') service.log.error(`Alarm: ${says}`, { alarm: code, subject, detail, since, owner, runbook });
  else service.log.info('An alarm is over.', { alarm: code, subject, since, owner });
  const sent = await Promise.all(owners[owner].email.map(to => mail(service, to, alarm, became)));
  return sent.every(Boolean);
}

async function mail(service: Service, to: string, alarm: Alarm, became: 'raised' | 'over'): Promise<boolean> {
  const { email } = service.channels;
  if (!email) return true;
  const { says, runbook } = ALARMS[alarm.alarm];
  const heading = became === 'raised' ? 'Loopkeeper alarm' : 'Loopkeeper: over';
  const body = [
    says,
    `${alarm.subject}: ${alarm.detail}`,
    `Since ${alarm.since}.`,
    became === 'raised' ? `What to do: docs/operations.md, "${runbook}".` : 'It is over.',
  ];
  const result = await email.send({
    to,
    subject: `${heading}: ${alarm.alarm}`,
    body: body.join('\n'),
    reference: `alarm ${became} ${alarm.alarm} ${alarm.subject} ${service.clock()}`,
  });
  return result.outcome !== 'refused';
}

import { ALARMS } from '../domain/alarm/alarm.ts';
import { isRipe } from '../domain/alarm/ring.ts';
import type { Instant } from '../domain/clock.ts';
import { alarms } from '../store/alarm.ts';
import type { Sql } from '../store/database.ts';
import { localMoment } from './print.ts';

/** What is wrong, who acts, and where it stands what to do. */
export async function alarmLines(sql: Sql, now: Instant, zone: string): Promise<string[]> {
  const standing = (await alarms(sql)).filter(alarm => isRipe(alarm, now));
  return standing.map(({ alarm, subject, detail, since }) => {
    const { says, owner, runbook } = ALARMS[alarm];
    return `ALARM for the ${owner}: ${says} ${subject}: ${detail}, first seen ${localMoment(since, zone)}. See "${runbook}" in docs/operations.md.`;
  });
}

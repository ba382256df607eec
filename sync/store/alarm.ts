import type { Alarm } from '../domain/alarm/alarm.ts';
import type { Sql } from './database.ts';

export async function alarms(sql: Sql): Promise<Alarm[]> {
  const rows = await sql.selectFrom('alarm').selectAll().orderBy('since').orderBy('alarm').orderBy('subject').execute();
  return rows.map(({ told_at, ...alarm }) => ({ ...alarm, ...(told_at ? { toldAt: told_at } : {}) }));
}

/** All of them: what is not named is over. */
export async function keepAlarms(sql: Sql, all: Alarm[]): Promise<void> {
  await sql.deleteFrom('alarm').execute();
  if (all.length === 0) return;
  const rows = all.map(({ toldAt = null, ...alarm }) => ({ ...alarm, told_at: toldAt }));
  await sql.insertInto('alarm').values(rows).execute();
}

import { z } from 'zod';
import type { ChannelMedium } from '../channels/channel.ts';
import type { Instant } from '../domain/clock.ts';
import type { Sql } from './database.ts';

/** Sending is paused for everybody (`scope.md` K8). Survives restarts, and is shared by all instances. */
export async function isPaused(sql: Sql): Promise<boolean> {
  const row = await sql.selectFrom('control').select('value').where('name', '=', 'paused').executeTakeFirst();
  return row?.value === true;
}

export const setPaused = (sql: Sql, paused: boolean, by: string, at: Instant) => {
  const values = { value: JSON.stringify(paused), at, by };
  return sql
    .insertInto('control')
    .values({ name: 'paused', ...values })
    .onConflict(c => c.column('name').doUpdateSet(values))
    .execute();
};

export interface ChannelPause {
  medium: ChannelMedium;
  /** A sentence for staff, without number or words. */
  because: string;
  at: Instant;
}

const MEDIA: ChannelMedium[] = ['sms', 'email'];
const nameOf = (medium: ChannelMedium) => `paused ${medium}`;
const Why = z.object({ because: z.string() });

/** Media whose provider refuses us as a whole: nothing is tried there until a person resumes sending. */
export async function pausedChannels(sql: Sql): Promise<ChannelPause[]> {
  const names = MEDIA.map(nameOf);
  const rows = await sql.selectFrom('control').select(['name', 'value', 'at']).where('name', 'in', names).execute();
  return MEDIA.flatMap(medium => {
    const row = rows.find(one => one.name === nameOf(medium));
    return row ? [{ medium, because: Why.parse(row.value).because, at: row.at }] : [];
  });
}

/** False when it was paused before: the first reason stands. */
export async function pauseChannel(sql: Sql, { medium, because, at }: ChannelPause): Promise<boolean> {
  const result = await sql
    .insertInto('control')
    .values({ name: nameOf(medium), value: JSON.stringify({ because }), at, by: 'loopkeeper' })
    .onConflict(c => c.column('name').doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) === 1;
}

export const resumeChannels = (sql: Sql) => sql.deleteFrom('control').where('name', 'in', MEDIA.map(nameOf)).execute();

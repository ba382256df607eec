import type { Outcomes, Standing } from '../domain/alarm/standing.ts';
import type { Instant } from '../domain/clock.ts';
import { minus } from '../domain/time.ts';
import type { Sql } from './database.ts';

const ARRIVED = ['sent', 'delivered'];
const FAILED = ['failed', 'unknown'];

/** What became of the messages of each channel, by when it became known. */
export async function outcomes(sql: Sql, now: Instant): Promise<Standing['outcomes']> {
  const hourAgo = minus(now, 'PT1H');
  const [lastHour, before] = [await between(sql, hourAgo, now), await between(sql, minus(now, 'P7D'), hourAgo)];
  const channels = [...new Set([...lastHour.keys(), ...before.keys()])].sort();
  const of = (all: Map<string, Outcomes>, channel: string) => all.get(channel) ?? { arrived: 0, failed: 0 };
  return channels.map(channel => ({ channel, lastHour: of(lastHour, channel), before: of(before, channel) }));
}

async function between(sql: Sql, from: Instant, until: Instant): Promise<Map<string, Outcomes>> {
  const rows = await sql
    .selectFrom('message')
    .select(['channel', 'state', eb => eb.fn.countAll<number>().as('n')])
    .where('changed_at', '>', from)
    .where('changed_at', '<=', until)
    .where('channel', 'is not', null)
    .where('state', 'in', ['sent', 'delivered', 'failed', 'unknown'])
    .groupBy(['channel', 'state'])
    .execute();
  const count = (channel: string | null, states: string[]) =>
    rows.filter(row => row.channel === channel && states.includes(row.state)).reduce((n, row) => n + Number(row.n), 0);
  return new Map(
    rows.map(({ channel }) => [channel ?? '', { arrived: count(channel, ARRIVED), failed: count(channel, FAILED) }]),
  );
}

import { sql as raw } from 'kysely';
import type { Instant } from '../domain/clock.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { PlannedTask } from '../domain/plan/plan.ts';
import { toMs } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { counts, localMoment, plural } from './print.ts';

/** What waits for a person, by how much it hurries, and who has waited longest for an answer. */
export async function openForPeople(sql: Sql, now: Instant, zone: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('task')
    .select(eb => [
      raw<PlannedTask['priority']>`plan ->> 'priority'`.as('priority'),
      eb.fn.countAll<number>().as('n'),
      eb.fn.countAll<number>().filterWhere('due_at', '<', now).as('late'),
      raw<Instant | null>`min(plan ->> 'opensAt') filter (where rule = ${ANSWERING})`.as('waiting'),
    ])
    .where('state', '=', 'open')
    .groupBy('priority')
    .execute();
  if (rows.length === 0) return [];
  const late = rows.reduce((sum, row) => sum + Number(row.late), 0);
  const waiting = rows.flatMap(row => row.waiting ?? []).sort()[0];
  const byPriority = counts(Object.fromEntries(rows.map(row => [row.priority, Number(row.n)])));
  return [
    `Open for people: ${byPriority}${late > 0 ? `; ${late} overdue` : ''}.`,
    ...(waiting
      ? [`Longest without an answer: a message of ${localMoment(waiting, zone)}, ${age(waiting, now)} ago.`]
      : []),
  ];
}

function age(since: Instant, now: Instant): string {
  const minutes = Math.max(0, Math.round((toMs(now) - toMs(since)) / 60_000));
  return minutes < 120 ? plural(minutes, 'minute') : plural(Math.round(minutes / 60), 'hour');
}

import type { Instant } from '../domain/clock.ts';
import { earliest } from '../domain/time.ts';
import type { Sql } from './database.ts';

/** When time alone next gives something to do; undefined when nothing waits for a later hour. */
export async function nextMoment(sql: Sql, now: Instant): Promise<Instant | undefined> {
  const due = await sql
    .selectFrom('message')
    .select(eb => eb.fn.min<Instant | null>('due_at').as('at'))
    .where('state', '=', 'planned')
    .where('due_at', '>', now)
    .executeTakeFirst();
  const look = await sql
    .selectFrom('patient')
    .select(eb => eb.fn.min<Instant | null>('look_again_at').as('at'))
    .where('look_again_at', '>', now)
    .executeTakeFirst();
  const hint = await sql
    .selectFrom('notification')
    .select(eb => eb.fn.min<Instant | null>('look_after').as('at'))
    .where('look_after', '>', now)
    .executeTakeFirst();
  return earliest(due?.at ?? undefined, look?.at ?? undefined, hint?.at ?? undefined);
}

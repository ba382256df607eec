import type { Lane } from '../domain/alarm/standing.ts';
import type { Instant } from '../domain/clock.ts';
import { earliest, minus } from '../domain/time.ts';
import type { Sql } from './database.ts';

/** A patient whose records came in this recently is about to be planned. */
const JUST_IN = 'PT15M';

/** Since when the oldest work of each lane could have been done; undefined where none waits. */
export async function lanes(sql: Sql, now: Instant): Promise<{ lane: Lane; oldest: Instant | undefined }[]> {
  return [
    { lane: 'hear', oldest: await unheard(sql) },
    { lane: 'plan', oldest: await unplanned(sql, now) },
    { lane: 'send', oldest: await unsent(sql) },
    { lane: 'answer', oldest: await unanswered(sql) },
    { lane: 'publish', oldest: await unwritten(sql) },
  ];
}

async function unheard(sql: Sql): Promise<Instant | undefined> {
  const row = await sql
    .selectFrom('notification')
    .select(eb => eb.fn.min<Instant | null>('received_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

/** Whom a brake holds waits for a person, not for us. */
async function unplanned(sql: Sql, now: Instant): Promise<Instant | undefined> {
  const overdue = await sql
    .selectFrom('patient')
    .select(eb => eb.fn.min<Instant | null>('look_again_at').as('at'))
    .where('brake', 'is', null)
    .executeTakeFirst();
  // No row says since when somebody waits to be planned: all their records have been here for a while.
  const stuck = await sql
    .selectFrom('patient as p')
    .innerJoin('resource_patient as of', 'of.patient', 'p.reference')
    .innerJoin('resource as r', join => join.onRef('r.type', '=', 'of.type').onRef('r.id', '=', 'of.id'))
    .select(eb => eb.fn.max<Instant | null>('r.observed_at').as('at'))
    .whereRef('p.generation', '<>', 'p.planned_generation')
    .where('p.brake', 'is', null)
    .groupBy('p.reference')
    .having(eb => eb(eb.fn.max('r.observed_at'), '<', minus(now, JUST_IN)))
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  return earliest(overdue?.at ?? undefined, stuck?.at ?? undefined);
}

/** What is held has a later hour, and the reason in its row. */
async function unsent(sql: Sql): Promise<Instant | undefined> {
  const row = await sql
    .selectFrom('message as m')
    .innerJoin('patient as p', 'p.reference', 'm.patient')
    .select(eb => eb.fn.min<Instant | null>('m.due_at').as('at'))
    .where('m.state', '=', 'planned')
    .where('p.brake', 'is', null)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

async function unanswered(sql: Sql): Promise<Instant | undefined> {
  const row = await sql
    .selectFrom('inbound')
    .select(eb => eb.fn.min<Instant | null>('recorded_at').as('at'))
    .where('handled_at', 'is', null)
    .executeTakeFirst();
  return row?.at ?? undefined;
}

async function unwritten(sql: Sql): Promise<Instant | undefined> {
  const oldest = async (table: 'message' | 'task') =>
    sql
      .selectFrom(table as 'message')
      .select(eb => eb.fn.min<Instant | null>('changed_at').as('at'))
      .whereRef('revision', '<>', 'published_revision')
      .executeTakeFirst();
  const rows = [await oldest('message'), await oldest('task')];
  return earliest(...rows.map(row => row?.at ?? undefined));
}

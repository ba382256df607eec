import type { Instant } from '../domain/clock.ts';
import { plusMs } from '../domain/time.ts';
import type { Sql } from './database.ts';

export type PublishedTable = 'message' | 'task' | 'inbound';

/** A row the chart does not hold yet in its present form. */
export interface Backlog {
  id: string;
  revision: number;
  attempts: number;
}

const KEY = { message: 'key', task: 'key', inbound: 'id' } as const;

export async function unpublished(sql: Sql, table: PublishedTable, now: Instant, limit: number): Promise<Backlog[]> {
  const rows = await sql
    .selectFrom(table as 'message')
    .select([`${KEY[table]} as id` as 'key as id', 'revision', 'publish_attempts as attempts'])
    .whereRef('revision', '<>', 'published_revision')
    .where(eb => eb.or([eb('publish_after', 'is', null), eb('publish_after', '<=', now)]))
    .orderBy('publish_after')
    .limit(limit)
    .execute();
  return rows;
}

/** The revision that was written, not the one that stands now: a change meanwhile is written next time. */
export const published = (
  sql: Sql,
  table: PublishedTable,
  { id, revision }: Backlog,
  { ehrReference, ehrRequest }: { ehrReference?: string; ehrRequest?: string },
) =>
  sql
    .updateTable(table as 'message')
    .set({
      published_revision: revision,
      publish_attempts: 0,
      publish_after: null,
      ...(ehrReference ? { ehr_reference: ehrReference } : {}),
      ...(ehrRequest && table === 'message' ? { ehr_request: ehrRequest } : {}),
    })
    .where(KEY[table] as 'key', '=', id)
    .execute();

const FIRST_MS = 5_000;
const MOST_MS = 900_000;

/** Doubling from 5 s to 15 min: an EHR that is down for a night finds us still there. */
export const publishLater = (sql: Sql, table: PublishedTable, { id, attempts }: Backlog, now: Instant) =>
  sql
    .updateTable(table as 'message')
    .set({ publish_attempts: attempts + 1, publish_after: plusMs(now, Math.min(FIRST_MS * 2 ** attempts, MOST_MS)) })
    .where(KEY[table] as 'key', '=', id)
    .execute();

export async function backlogSize(sql: Sql): Promise<Record<PublishedTable, number>> {
  const count = async (table: PublishedTable) => {
    const query = sql.selectFrom(table as 'message').select(eb => eb.fn.countAll<number>().as('n'));
    return Number((await query.whereRef('revision', '<>', 'published_revision').executeTakeFirstOrThrow()).n);
  };
  return { message: await count('message'), task: await count('task'), inbound: await count('inbound') };
}

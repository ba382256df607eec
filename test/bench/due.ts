import { sql as raw } from 'kysely';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus } from '../../sync/domain/time.ts';
import { reconcile } from '../../sync/reconcile/loop.ts';
import { takeIn } from '../../sync/reconcile/observe.ts';
import type { Database } from '../../sync/store/database.ts';
import { firstVisitOf, NOW, samplePatient, sampleVisit } from './samples.ts';
import { benchService } from './service.ts';

/** When the reminders of the sample visits are due: 48 hours before them, and five minutes. */
export const DUE: Instant = plus(NOW, 'PT1H5M');
const LATER: Instant = plus(NOW, 'P30D');

/** So many patients with a reminder planned by the shipped rules; none is due before `letFallDue` says so. */
export async function planReminders(database: Database, patients: number): Promise<void> {
  const service = benchService(database);
  const all = Array.from({ length: patients }, (_, i) => i + 1);
  const resources = all.flatMap(n => [samplePatient(n), sampleVisit(firstVisitOf(n))]);
  await takeIn(service, { resources, deleted: [], imported: true });
  for (const n of all) await reconcile(service, `Patient/p${n}`);
  await database.sql.updateTable('message').set({ due_at: LATER }).execute();
}

/** The next so many reminders are due now. Returns their keys; fewer than asked is an error of the bench. */
export async function letFallDue({ sql }: Database, count: number): Promise<string[]> {
  const rows = await sql
    .updateTable('message')
    .set({ due_at: DUE })
    .where('key', 'in', eb =>
      eb
        .selectFrom('message')
        .select('key')
        .where('state', '=', 'planned')
        .where('rule', '=', 'reminder-48h')
        .where('due_at', '=', LATER)
        .orderBy('key')
        .limit(count),
    )
    .returning('key')
    .execute();
  if (rows.length < count) throw new Error(`Only ${rows.length} of ${count} reminders were there to fall due.`);
  return rows.map(row => row.key);
}

export async function countSent({ sql }: Database): Promise<number> {
  const query = sql
    .selectFrom('message')
    .select(eb => eb.fn.countAll<number>().as('n'))
    .where('state', '=', 'sent');
  return Number((await query.executeTakeFirstOrThrow()).n);
}

/** A backlog of planned messages for later days, copied from one of them: what a scan for due ones must not read. */
export async function storeBacklog({ sql: db }: Database, count: number): Promise<void> {
  const columns = raw`practice, patient, rule, state, medium, address, send_before, plan, changed_at`;
  await db.transaction().execute(async sql => {
    await raw`set local synchronous_commit = off`.execute(sql);
    await raw`
      insert into message (key, id, due_at, ${columns})
      select 'backlog|' || n, 'backlog-' || n, ${LATER}::timestamptz + n * interval '1 second', ${columns}
      from (select ${columns} from message limit 1) one, generate_series(1, ${count}::int) n`.execute(sql);
  });
  await raw`analyze message`.execute(db);
}

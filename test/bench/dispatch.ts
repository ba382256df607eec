import { randomUUID } from 'node:crypto';
import { sql as raw } from 'kysely';
import { deliver } from '../../sync/reconcile/deliver.ts';
import type { Database } from '../../sync/store/database.ts';
import { dueMessages } from '../../sync/store/find-messages.ts';
import type { Bench, Run } from './bench.ts';
import { DUE, letFallDue, planReminders, storeBacklog } from './due.ts';
import { type Figure, figure } from './figure.ts';
import { inTurns, median, time } from './rounds.ts';
import { benchService, withPolicy } from './service.ts';

/** Finding what is due among what is not, and sending it through the gate. */
export const dispatch: Bench = async run => {
  const database = await run.engine.open();
  const { backlog, rounds, each } = run.quick
    ? { backlog: 2_000, rounds: 2, each: 10 }
    : { backlog: 100_000, rounds: 10, each: 30 };
  try {
    await withPolicy(database);
    await planReminders(database, (rounds + 1) * each);
    await storeBacklog(database, backlog);
    run.say(`${backlog} messages planned for later days are stored`);
    return [await gate(run, database, rounds, each), await scan(run, database, rounds, backlog)];
  } finally {
    await database.close();
  }
};

/** Looking again, planning again, weighing, claiming, handing over, recording: against the two bare UPDATEs among it. */
async function gate({ engine }: Run, database: Database, rounds: number, each: number): Promise<Figure> {
  const { sql } = database;
  const service = benchService(database, { clock: () => DUE });
  await raw`create table bare as select * from message where key not like 'backlog%'`.execute(sql);
  await raw`create index on bare (key)`.execute(sql);
  const perSecond = async (keys: string[], one: (key: string) => Promise<unknown>) => {
    const ms = await time(async () => {
      for (const key of keys) await one(key);
    });
    return keys.length / (ms / 1000);
  };
  const pair = await inTurns(
    rounds,
    async () => perSecond(await letFallDue(database, each), key => deliver(service, key)),
    async () =>
      perSecond(await anyKeys(database, each), async key => {
        await raw`update bare set state = 'sending', batch = ${randomUUID()}, claimed_at = ${DUE} where key = ${key}`.execute(
          sql,
        );
        await raw`update bare set state = 'sent', provider_id = ${randomUUID()} where key = ${key}`.execute(sql);
      }),
  );
  const what =
    'reminders sent through the gate by one worker, to a provider that answers at once, against two bare UPDATEs each';
  return figure({ name: `dispatch.gate.${engine.id}`, what, unit: '1/s', ...pair });
}

const anyKeys = async ({ sql }: Database, count: number) =>
  (await sql.selectFrom('message').select('key').where('rule', '=', 'reminder-48h').limit(count).execute()).map(
    row => row.key,
  );

const DUE_NOW = 500;
const SCANS = 10;

async function scan({ engine }: Run, database: Database, rounds: number, backlog: number): Promise<Figure> {
  const { sql } = database;
  const due = Math.min(DUE_NOW, backlog / 2);
  const keys = Array.from({ length: due }, (_, i) => `backlog|${i + 1}`);
  await sql.updateTable('message').set({ due_at: DUE }).where('key', 'in', keys).execute();
  const repeated = async (work: () => Promise<unknown>) => {
    const took: number[] = [];
    for (let i = 0; i < SCANS; i += 1) took.push(await time(work));
    return median(took);
  };
  const found = await dueMessages(sql, DUE, due);
  if (found.length !== due) throw new Error(`The scan found ${found.length} of ${due} due messages.`);
  const pair = await inTurns(
    rounds,
    () => repeated(() => dueMessages(sql, DUE, due)),
    () =>
      repeated(() =>
        sql.selectFrom('message').select(['key', 'patient', 'join_key', 'address']).where('key', 'in', keys).execute(),
      ),
  );
  const what = `finding ${due} due messages among ${backlog} for later, against reading the same ${due} by their keys`;
  return figure({ name: `dispatch.scan.${engine.id}`, what, unit: 'ms', ...pair });
}

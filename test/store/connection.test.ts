import { sql as raw } from 'kysely';
import { expect, it } from 'vitest';
import type { Database, Sql } from '../../sync/store/database.ts';
import { inTransaction } from '../../sync/store/transaction.ts';
import { migratedPglite, migratedPostgres, POSTGRES } from '../support/database.ts';

const server = POSTGRES;
if (!server) process.stderr.write('NOT RUN on PostgreSQL: LOOPKEEPER_TEST_POSTGRES is not set.\n');

async function on(work: (database: Database) => Promise<void>): Promise<void> {
  const database = await migratedPostgres(server ?? '');
  await work(database).finally(() => database.close());
}

/** What only a server can do to us. */
it.runIf(server)('a connection that breaks between two statements ends its transaction, and not the process', () =>
  on(async ({ sql }) => {
    const broken = sql.transaction().execute(async trx => {
      const { rows } = await raw<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      const [connection] = rows;
      await raw`select pg_terminate_backend(${connection?.pid}, 5000)`.execute(sql);
      await raw`select 1`.execute(trx);
    });
    await expect(broken).rejects.toThrow();
    expect((await raw`select 1 as one`.execute(sql)).rows).toEqual([{ one: 1 }]);
  }),
);

it.runIf(server)(
  'nothing waits for ever: not a statement, and not whoever sleeps in a transaction; but a change of the schema may',
  () =>
    on(async ({ sql, atLeisure }) => {
      const limits = async (by: Database['sql']) =>
        (
          await raw`
          select current_setting('statement_timeout') as statement,
                 current_setting('idle_in_transaction_session_timeout') as asleep
        `.execute(by)
        ).rows[0];
      expect(await limits(sql)).toEqual({ statement: '1min', asleep: '30s' });
      expect(await limits(atLeisure)).toEqual({ statement: '0', asleep: '0' });
    }),
);

it.runIf(server)('a deadlock is done again from its beginning, by whoever lost', () =>
  on(async ({ sql }) => {
    let tries = 0;
    const bothHoldOne = Promise.withResolvers<void>();
    const lock = (trx: Sql, key: number) => raw`select pg_advisory_xact_lock(${key})`.execute(trx);
    const crossing = (first: number, second: number) =>
      inTransaction(sql, async trx => {
        await lock(trx, first);
        tries += 1;
        if (tries === 2) bothHoldOne.resolve();
        await bothHoldOne.promise;
        await lock(trx, second);
        return first;
      });
    expect(await Promise.all([crossing(1, 2), crossing(2, 1)])).toEqual([1, 2]);
    expect(tries).toBe(3);
  }),
);

it('what fails for another reason is not done again', async () => {
  const database = await migratedPglite();
  let tries = 0;
  const failing = inTransaction(database.sql, async trx => {
    tries += 1;
    await raw`select 1 / 0`.execute(trx);
  });
  await expect(failing).rejects.toThrow('division by zero');
  expect(tries).toBe(1);
  await database.close();
});

import { sql as raw } from 'kysely';
import { expect, it } from 'vitest';
import type { Database } from '../../sync/store/database.ts';
import { migratedPostgres, POSTGRES } from '../support/database.ts';

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

it.runIf(server)('whoever falls asleep in a transaction does not keep what it holds for ever', () =>
  on(async ({ sql }) => {
    const { rows } = await raw`show idle_in_transaction_session_timeout`.execute(sql);
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '30s' }]);
  }),
);

import { afterAll, beforeAll, describe } from 'vitest';
import type { Database } from '../../sync/store/database.ts';
import { migratedPglite, migratedPostgres, POSTGRES } from './database.ts';

/** A database that a test takes when it runs, not when it is written down. */
export interface Engine {
  readonly database: Database;
  readonly sql: Database['sql'];
}

const onPostgres = POSTGRES;
const ENGINES: [name: string, open: () => Promise<Database>][] = [
  ['PGlite', migratedPglite],
  ...(onPostgres
    ? [['PostgreSQL', () => migratedPostgres(onPostgres)] satisfies [string, () => Promise<Database>]]
    : []),
];

/** One suite for every engine we promise to run on (`models.md`, habit 6). Each starts with an empty database. */
export function onEveryEngine(suite: (engine: Engine) => void): void {
  if (!POSTGRES) process.stderr.write('NOT RUN on PostgreSQL: LOOPKEEPER_TEST_POSTGRES is not set.\n');
  describe.each(ENGINES)('on %s', (_, open) => {
    let held: Database | undefined;
    beforeAll(async () => {
      held = await open();
    });
    afterAll(() => held?.close());
    suite({
      get database() {
        if (!held) throw new Error('The database is not open yet.');
        return held;
      },
      get sql() {
        return this.database.sql;
      },
    });
  });
}

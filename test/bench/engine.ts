import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openPglite } from '../../sync/store/database.ts';
import { migrate } from '../../sync/store/migrate.ts';
import { migratedPostgres, POSTGRES } from '../support/database.ts';

/** Where a bench runs. Each `open` gives an empty database with our schema, which is gone when it is closed. */
export interface Engine {
  id: Database['kind'];
  open(): Promise<Database>;
}

const pglite: Engine = { id: 'pglite', open: openOnDisk };
const server = POSTGRES;

export const ENGINES: Engine[] = server
  ? [{ id: 'postgresql', open: () => migratedPostgres(server) }, pglite]
  : [pglite];

/** In a folder, as an installation has it: in memory nothing would be durable. */
async function openOnDisk(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'loopkeeper-bench-'));
  const database = await openPglite({ folder });
  await migrate(database);
  return {
    ...database,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The address of a PostgreSQL database, for a child process that shares it. */
export function addressOf({ queue }: Database): string {
  if ('connectionString' in queue) return queue.connectionString;
  throw new Error('An embedded database has no address; only its own process can use it.');
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openPglite, openPostgres } from '../../sync/store/database.ts';
import { migrate } from '../../sync/store/migrate.ts';
import { addressOf } from '../bench/engine.ts';
import { migratedPostgres, POSTGRES } from '../support/database.ts';

/** A database that processes open one after another. It is there, with our schema, before the first of them. */
export interface Ground {
  folder: string;
  /** How a service finds it. */
  env: Record<string, string>;
  /** For looking at what the dead have left; the caller closes it. */
  open(): Promise<Database>;
  remove(): Promise<void>;
}

export const GROUNDS: [name: string, open: () => Promise<Ground>][] = [
  ['PGlite on disk', onDisk],
  ...(POSTGRES ? [['PostgreSQL', () => onServer(POSTGRES as string)] satisfies [string, () => Promise<Ground>]] : []),
];
if (!POSTGRES) process.stderr.write('NOT RUN on PostgreSQL: LOOPKEEPER_TEST_POSTGRES is not set.\n');

const scratch = () => mkdtemp(join(tmpdir(), 'loopkeeper-torture-'));
const forget = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 3 });

async function onDisk(): Promise<Ground> {
  const folder = await scratch();
  const open = () => openPglite({ folder: join(folder, 'db') });
  const database = await open();
  await migrate(database);
  await database.close();
  return { folder, env: { LOOPKEEPER_STATE: folder }, open, remove: () => forget(folder) };
}

async function onServer(server: string): Promise<Ground> {
  const folder = await scratch();
  const database = await migratedPostgres(server);
  const address = addressOf(database);
  return {
    folder,
    env: { DATABASE_URL: address },
    open: () => openPostgres(address),
    async remove() {
      await database.close();
      await forget(folder);
    },
  };
}

import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Database, openPglite, openPostgres } from './store/database.ts';
import { lockFolder } from './store/folder-lock.ts';
import { makeFolder } from './store/make-folder.ts';

/** Throws DatabaseInUse when the embedded database is another process's, FolderUnusable where none can be. */
export async function openDatabase({ environment }: Config): Promise<Database> {
  const { LOOPKEEPER_PRACTICE: practice } = environment;
  if (environment.DATABASE_URL) return openPostgres(environment.DATABASE_URL, practice);
  const folder = environment.LOOPKEEPER_STATE;
  makeFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const database = await openPglite({ folder: join(folder, 'db'), practice });
    return { ...database, close: () => database.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

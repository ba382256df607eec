import { existsSync, renameSync, rmSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';

/**
 * A process of its own, started by `ahead-of-time.ts`: an empty database in the folder that it is given. Made beside and
 * then renamed, so that a start which was broken off leaves nothing half made.
 */
const [folder = ''] = process.argv.slice(2);
const unfinished = `${folder}.unfinished`;
if (folder === '' || existsSync(folder)) process.exit(2);
rmSync(unfinished, { recursive: true, force: true });
const database = await PGlite.create({ dataDir: unfinished });
await database.close();
renameSync(unfinished, folder);

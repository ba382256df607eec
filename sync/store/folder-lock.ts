import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another process has the embedded database open; a second one would corrupt it. */
export class DatabaseInUse extends Error {
  readonly pid: number;
  constructor(pid: number) {
    super(
      `The embedded database is in use by process ${pid}, most likely the running service. Stop it first, or use PostgreSQL (DATABASE_URL), which several processes may share.`,
    );
    this.name = 'DatabaseInUse';
    this.pid = pid;
  }
}

export const LOCK_FILE = 'in-use';

/** Takes the folder for this process, and returns how to give it back. A lock left by a process that died is taken over. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, LOCK_FILE);
  const holder = holderOf(file);
  if (holder !== undefined && holder !== process.pid && isAlive(holder)) throw new DatabaseInUse(holder);
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

function holderOf(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

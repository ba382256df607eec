import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Version } from './version-log.ts';

/** An append-only file, one line of JSON a commit, so that a transaction is there as a whole or not at all. */
export interface Journal {
  append(commit: readonly Version[]): void;
}

/**
 * Opens `folder`/versions.ndjson (made when missing) and gives every commit in it to `replay`, oldest first.
 * A last line without an end was torn by a crash: it was never acknowledged, and is cut off.
 */
export function openJournal(folder: string, replay: (commit: Version[]) => void): Journal {
  const file = join(folder, 'versions.ndjson');
  mkdirSync(folder, { recursive: true });
  if (existsSync(file)) {
    const bytes = readFileSync(file);
    const whole = bytes.lastIndexOf('\n') + 1;
    if (whole < bytes.length) truncateSync(file, whole);
    for (const line of bytes.toString('utf8', 0, whole).split('\n')) if (line) replay(JSON.parse(line));
  }
  return { append: commit => appendFileSync(file, `${JSON.stringify(commit)}\n`) };
}

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** One edit an administrator might make: in a file, these words instead of those; without words, the file is gone. */
export type Edit = [file: string, from?: string, to?: string];

/** The shipped data in a folder of the test's own, edited. */
export function mappingsWith(...edits: Edit[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'loopkeeper-mappings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync('mappings', folder, { recursive: true });
  for (const [name, from, to = ''] of edits) {
    const file = join(folder, name);
    if (from === undefined) {
      rmSync(file, { recursive: true });
      continue;
    }
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`${name} does not say ${from}`);
    writeFileSync(file, text.replace(from, to));
  }
  return folder;
}

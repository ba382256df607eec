import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The sentence for a person who chose a folder in which nothing can be kept. */
export class FolderUnusable extends Error {
  constructor(folder: string, why: string) {
    super(
      `Nothing can be kept in the folder ${folder}: ${why}. Choose another one with LOOPKEEPER_STATE, or make it writable.`,
    );
    this.name = 'FolderUnusable';
  }
}

const WHY: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that disk is read-only',
  ENOTDIR: 'part of its path is a file',
  ENOSPC: 'that disk is full',
};

/**
 * Makes the folder and those above it; throws FolderUnusable. Not `mkdir` with `recursive`: under /proc, where nothing
 * can be made, Node 24 tries that for ever.
 */
export function makeFolder(folder: string): void {
  try {
    make(resolve(folder));
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new FolderUnusable(folder, WHY[code] ?? 'no folder can be made there');
  }
}

function make(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error('This is a file.'), { code: 'ENOTDIR' });
  const above = dirname(folder);
  if (above !== folder) make(above);
  mkdirSync(folder);
}

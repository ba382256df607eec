import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderUnusable, makeFolder } from '../../sync/store/make-folder.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'make-folder-'));
  writeFileSync(join(base, 'file'), '');
});
afterAll(() => rmSync(base, { recursive: true }));

describe('making the folder of the state', () => {
  it('makes it with those above it, and takes one that is there', () => {
    const folder = join(base, 'one', 'two');
    makeFolder(folder);
    makeFolder(folder);
    expect(existsSync(folder)).toBe(true);
  });

  it.each([
    ['a file in its place', () => join(base, 'file'), 'part of its path is a file'],
    ['a file above it', () => join(base, 'file', 'folder'), 'part of its path is a file'],
    ['a place where the system takes no folders', () => '/proc/nope/folder', 'Nothing can be kept'],
  ])('says what is wrong with %s', (_, folder, why) => {
    expect(() => makeFolder(folder())).toThrow(FolderUnusable);
    expect(() => makeFolder(folder())).toThrow(why);
  });
});

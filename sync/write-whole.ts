import { chmodSync, chownSync, linkSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/**
 * Writes a file of secrets: at no moment half of it, a new one readable by its owner alone, and one that is replaced by
 * those who could read it before. Throws a sentence's end; with `made` also where there is a file.
 */
export function writeWhole(file: string, text: string, what: 'made' | 'replaced'): void {
  let target = file;
  let draft: string | undefined;
  try {
    if (what === 'replaced') target = realpathSync(file);
    const beside = `${target}.${process.pid}.new`;
    writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
    draft = beside;
    if (what === 'made') linkSync(draft, target);
    else replace(target, draft);
  } catch (error) {
    throw new NotWritten(error instanceof Error && 'code' in error ? String(error.code) : '');
  } finally {
    if (draft) rmSync(draft, { force: true });
  }
}

/** `code` is the system's; the message follows the name of the file. */
export class NotWritten extends Error {
  readonly code: string;
  constructor(code: string) {
    super(WHY[code] ?? 'cannot be written');
    this.name = 'NotWritten';
    this.code = code;
  }
}

/** Whoever rotates, the service has to be able to read it still: root may do so for the user it runs as. */
function replace(target: string, draft: string): void {
  const { uid, gid, mode } = statSync(target);
  chownSync(draft, uid, gid);
  chmodSync(draft, mode & 0o777);
  renameSync(draft, target);
}

const WHY: Record<string, string> = {
  EEXIST: 'is there already and is not overwritten',
  ENOENT: 'cannot be written, for its folder is not there',
  EACCES: 'cannot be written, for this user may not write to its folder',
  EPERM: 'cannot be written, for this user may not; let its owner do it',
  EROFS: 'cannot be written, for that disk is read-only',
  EBUSY: 'cannot be replaced, for it is a mount of its own: mount its folder',
};

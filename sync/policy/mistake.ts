/** One thing wrong in a file an administrator edits, at the place where they have to look. */
export interface Mistake {
  file: string;
  /** Both count from 1, as editors do. */
  line: number;
  column: number;
  /** e.g. `steps[0].when.before`; empty for the file as a whole. */
  path: string;
  /** A full sentence. It may quote what the file says: these files hold no patient's data. */
  sentence: string;
}

/** One per line, `file:line:column: sentence`, which editors and terminals turn into links. */
export const formatMistakes = (mistakes: readonly Mistake[]): string =>
  mistakes.map(m => `${m.file}:${m.line}:${m.column}: ${m.sentence}`).join('\n');

export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  );

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Mistake, pathText } from './mistake.ts';
import { complaints } from './schema-sentences.ts';
import { offsetOf } from './yaml-place.ts';
import { syntaxMistakes } from './yaml-syntax.ts';

export { formatMistakes, type Mistake } from './mistake.ts';

export type Loaded<T> = { value: T } | { mistakes: Mistake[] };

/** What a file says, and how to point into it with what only several files together show to be wrong. */
export interface Sound<T> {
  value: T;
  at: (path: readonly PropertyKey[], sentence: string) => Mistake;
}

/**
 * Reads one YAML file into what the schema promises, or says everything that is wrong with it, each at its line.
 * After a syntax error the content is not judged: it would be judged as something nobody wrote.
 */
export function readYaml<T>(schema: z.ZodType<T>, file: string, text: string): Sound<T> | { mistakes: Mistake[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const { contents } = document;
  const at = (offset: number, path: readonly PropertyKey[], sentence: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: pathText(path), sentence };
  };
  const syntax = syntaxMistakes(document, offset => lines.linePos(offset).line);
  const mistakes = syntax.map(({ offset, sentence }) => at(offset, [], sentence));
  if (syntax.some(mistake => !mistake.readable)) return { mistakes };
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { mistakes: [...mistakes, at(0, [], 'The file is empty.')] };
  const parsed = schema.safeParse(document.toJS(), { reportInput: true });
  if (parsed.success && mistakes.length === 0)
    return { value: parsed.data, at: (path, sentence) => at(offsetOf(contents, path, false), path, sentence) };
  for (const { path, aboutKey, sentence } of complaints(schema, parsed.error?.issues ?? []))
    mistakes.push(at(offsetOf(contents, path, aboutKey), path, sentence));
  return { mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
}

export function loadYaml<T>(schema: z.ZodType<T>, file: string, text: string): Loaded<T> {
  const read = readYaml(schema, file, text);
  return 'mistakes' in read ? read : { value: read.value };
}

export interface LoadedFile<T> {
  /** Path as given plus the name, e.g. `mappings/rules/reminder.yaml`. */
  file: string;
  value: T;
}

export interface Folder<T> {
  files: (LoadedFile<T> & Sound<T>)[];
  /** Of every file, also those that cannot be used: what is called by such a name is there, if broken. */
  ids: Set<string>;
  mistakes: Mistake[];
}

/** Every `*.yaml` of a folder in the order of their names. A file's `id`, if it has one, must be its name. */
export function readFolder<T>(schema: z.ZodType<T>, folder: string): Folder<T> {
  const read: Folder<T> = { files: [], ids: new Set(), mistakes: [] };
  if (!existsSync(folder)) read.mistakes.push(wholeFile(folder, 'There is no such folder.'));
  for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
    const file = join(folder, name);
    if (name.endsWith('.yml'))
      read.mistakes.push(wholeFile(file, 'This file would be ignored; let its name end in .yaml.'));
    if (!name.endsWith('.yaml')) continue;
    const id = basename(name, '.yaml');
    read.ids.add(id);
    const one = readFile(schema, file);
    if ('mistakes' in one) read.mistakes.push(...one.mistakes);
    else if (idOf(one.value, id) !== id)
      read.mistakes.push(wholeFile(file, `Its id is \`${idOf(one.value, id)}\`; the file must have the same name.`));
    else read.files.push({ file, ...one });
  }
  return read;
}

export function loadFolder<T>(schema: z.ZodType<T>, folder: string): Loaded<LoadedFile<T>[]> {
  const { files, mistakes } = readFolder(schema, folder);
  return mistakes.length > 0 ? { mistakes } : { value: files.map(({ file, value }) => ({ file, value })) };
}

export const readFile = <T>(schema: z.ZodType<T>, file: string): Sound<T> | { mistakes: Mistake[] } =>
  existsSync(file)
    ? readYaml(schema, file, readFileSync(file, 'utf8'))
    : { mistakes: [wholeFile(file, 'There is no such file.')] };

const wholeFile = (file: string, sentence: string): Mistake => ({ file, line: 1, column: 1, path: '', sentence });

const idOf = (value: unknown, name: string): string =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : name;

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCollection, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Mistake, pathText } from './mistake.ts';
import { complaints } from './schema-sentences.ts';
import { syntaxMistakes } from './yaml-syntax.ts';

export { formatMistakes, type Mistake } from './mistake.ts';

export type Loaded<T> = { value: T } | { mistakes: Mistake[] };

/**
 * Reads one YAML file into what the schema promises, or says everything that is wrong with it, each at its line.
 * After a syntax error the content is not judged: it would be judged as something nobody wrote.
 */
export function loadYaml<T>(schema: z.ZodType<T>, file: string, text: string): Loaded<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number, path: readonly PropertyKey[], sentence: string): Mistake => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: pathText(path), sentence };
  };
  const syntax = syntaxMistakes(document, offset => lines.linePos(offset).line);
  const mistakes = syntax.map(({ offset, sentence }) => at(offset, [], sentence));
  if (syntax.some(mistake => !mistake.readable)) return { mistakes };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { mistakes: [...mistakes, at(0, [], 'The file is empty.')] };
  const parsed = schema.safeParse(document.toJS(), { reportInput: true });
  if (parsed.success && mistakes.length === 0) return { value: parsed.data };
  for (const { path, aboutKey, sentence } of complaints(schema, parsed.error?.issues ?? []))
    mistakes.push(at(offsetOf(document.contents, path, aboutKey), path, sentence));
  return { mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
}

export interface LoadedFile<T> {
  /** Path as given plus the name, e.g. `mappings/rules/reminder.yaml`. */
  file: string;
  value: T;
}

/** Every `*.yaml` of a folder in the order of their names. A file's `id`, if it has one, must be its name. */
export function loadFolder<T>(schema: z.ZodType<T>, folder: string): Loaded<LoadedFile<T>[]> {
  const value: LoadedFile<T>[] = [];
  const mistakes: Mistake[] = [];
  for (const name of readdirSync(folder).sort()) {
    const file = join(folder, name);
    if (name.endsWith('.yml')) mistakes.push(wholeFile(file, 'This file would be ignored; let its name end in .yaml.'));
    if (!name.endsWith('.yaml')) continue;
    const loaded = loadYaml(schema, file, readFileSync(file, 'utf8'));
    if ('mistakes' in loaded) mistakes.push(...loaded.mistakes);
    else if (idOf(loaded.value, name) !== name.slice(0, -'.yaml'.length))
      mistakes.push(wholeFile(file, `Its id is \`${idOf(loaded.value, name)}\`; the file must have the same name.`));
    else value.push({ file, value: loaded.value });
  }
  return mistakes.length > 0 ? { mistakes } : { value };
}

const wholeFile = (file: string, sentence: string): Mistake => ({ file, line: 1, column: 1, path: '', sentence });

const idOf = (value: unknown, name: string): string =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : name.slice(0, -'.yaml'.length);

/** Where the eye should go: the scalar that is wrong, else the key it stands behind, else what should have held it. */
function offsetOf(root: Node, path: readonly PropertyKey[], aboutKey: boolean): number {
  let node: Node = root;
  let offset = 0;
  for (const [i, part] of path.entries()) {
    const { key, value } = childOf(node, part);
    if (!key && !value) return offset;
    offset = (key ?? value)!.range?.[0] ?? offset;
    if (i === path.length - 1 && !aboutKey && value && !isCollection(value)) return value.range?.[0] ?? offset;
    if (!value) return offset;
    node = value;
  }
  return offset;
}

function childOf(node: Node, part: PropertyKey): { key?: Node; value?: Node } {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return isNode(item) ? { value: item } : {};
  }
  const pair = isMap(node) ? node.items.find(item => isScalar(item.key) && item.key.value === part) : undefined;
  return { key: isNode(pair?.key) ? pair.key : undefined, value: isNode(pair?.value) ? pair.value : undefined };
}

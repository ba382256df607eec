import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../domain/facts/fact.ts';

/** Where something stands, as an editor finds it. */
export interface Place {
  file: string;
  /** Of NDJSON. */
  line?: number;
  /** Of a Bundle, as FHIRPath: `entry[2]`. */
  entry?: string;
}

/** Something about what was given that a person should know, and where it stands. */
export type FileFinding = Finding &
  Place & {
    /** It could not be used; without this it was, and is worth a look all the same. */
    unused?: true;
  };

/** One JSON document: a whole file, or a line of NDJSON. */
export type Document = Place & { value: unknown };

/** What one process can hold; a bigger export comes in parts anyway. */
const LIMIT_MB = 200;
/** Far more levels than any resource has, and far fewer than break a recursion. */
const DEEPEST = 100;

/** Reads files and folders. Whatever cannot be read is a finding, and stops nothing but itself. */
export function readDocuments(paths: string[]): { documents: Document[]; findings: FileFinding[] } {
  const documents: Document[] = [];
  const findings: FileFinding[] = [];
  const problem = (place: Place, problem: string) =>
    findings.push({ about: place.file, problem, ...place, unused: true });
  for (const path of paths) {
    const files = listed(path);
    if (typeof files === 'string') problem({ file: path }, files);
    else
      for (const file of files) {
        const text = textOf(file);
        if ('problem' in text) problem({ file }, text.problem);
        else
          for (const [place, part] of partsOf(file, text.text)) {
            const read = parsed(part, place);
            if ('problem' in read) problem(place, read.problem);
            else documents.push({ ...place, ...read });
          }
      }
  }
  return { documents, findings };
}

/** The files behind a path, or why there are none. */
function listed(path: string): string[] | string {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    const files = names.filter(name => /\.(json|ndjson)$/i.test(name)).map(name => join(path, name));
    return files.length > 0 ? files : 'No file in this folder ends in .json or .ndjson.';
  } catch (error) {
    return whyClosed(error);
  }
}

function whyClosed(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'There is no such file or folder.';
  return code === 'EACCES' || code === 'EPERM' ? 'Reading it is not allowed.' : 'It cannot be read.';
}

function textOf(file: string): { text: string } | { problem: string } {
  try {
    const size = Math.round(statSync(file).size / 1024 / 1024);
    if (size > LIMIT_MB) return { problem: `It has ${size} MB; give it in parts of ${LIMIT_MB} MB at most.` };
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    return text.trim() === '' ? { problem: 'It is empty.' } : { text };
  } catch (error) {
    return { problem: error instanceof TypeError ? 'It is not text in UTF-8.' : whyClosed(error) };
  }
}

const partsOf = (file: string, text: string): [Place, string][] =>
  /\.ndjson$/i.test(file)
    ? text.split('\n').flatMap((line, i): [Place, string][] => (line.trim() ? [[{ file, line: i + 1 }, line]] : []))
    : [[{ file }, text]];

function parsed(text: string, { line }: Place): { value: unknown } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isDeep(value) ? { problem: 'It is nested too deeply to be FHIR.' } : { value };
  } catch (error) {
    return { problem: text.trimStart().startsWith('<') ? 'It is XML; JSON is needed.' : whyNotJson(error, line) };
  }
}

/** Says where the mistake is; the rest of the parser's message quotes the file, which may be about a patient. */
function whyNotJson(error: unknown, line: number | undefined): string {
  const [, row, column] = (error instanceof Error ? error.message : '').match(/line (\d+) column (\d+)/) ?? [];
  if (!row) return 'It is not JSON, or it ends too early.';
  return `It is not JSON; look at ${line === undefined ? `line ${row}, ` : ''}column ${column}.`;
}

function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0) return false;
  }
  return true;
}

import type { z } from 'zod';
import { nearest } from './did-you-mean.ts';
import { pathText } from './mistake.ts';
import { allowedKeys } from './schema-keys.ts';

type Issue = z.core.$ZodIssue;

export interface Complaint {
  path: PropertyKey[];
  /** The complaint is about the key itself (unknown, badly formed), not about what stands behind it. */
  aboutKey: boolean;
  sentence: string;
  /** Path of the key that was probably meant. */
  meant?: string;
}

/** zod's issues as full sentences, one per thing to repair: a mistyped key is not also reported as a missing one. */
export function complaints(schema: z.core.$ZodType, issues: readonly Issue[]): Complaint[] {
  const all = issues.flatMap(issue => complaintsOf(schema, issue));
  const meant = new Set(all.flatMap(({ meant }) => meant ?? []));
  return all.filter(complaint => complaint.aboutKey || !meant.has(pathText(complaint.path)));
}

function complaintsOf(schema: z.core.$ZodType, issue: Issue): Complaint[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(schema, path, key));
  if (issue.code === 'invalid_key') {
    const says = issue.issues.map(inner => predicateOf(inner)).join(' and ');
    return [{ path, aboutKey: true, sentence: full(`The key ${quoted(path)} ${says}`) }];
  }
  if (issue.code === 'invalid_union') return ofUnion(schema, issue);
  return [{ path, aboutKey: false, sentence: sentenceOf(path, predicateOf(issue)) }];
}

function unknownKey(schema: z.core.$ZodType, path: PropertyKey[], key: string): Complaint {
  const allowed = allowedKeys(schema, path);
  const meant = nearest(key, allowed);
  const hint = meant ? `did you mean \`${meant}\`?` : `known here: ${allowed.join(', ')}.`;
  return {
    path: [...path, key],
    aboutKey: true,
    sentence: `The key \`${key}\` is not known here; ${hint}`,
    ...(meant && { meant: pathText([...path, meant]) }),
  };
}

/** The branch that fits best speaks; when several fit equally badly, the reader is shown the choice. */
function ofUnion(schema: z.core.$ZodType, issue: z.core.$ZodIssueInvalidUnion): Complaint[] {
  const { path, input } = issue;
  if (input === undefined || input === null)
    return [{ path, aboutKey: false, sentence: sentenceOf(path, input === null ? 'is empty' : 'is missing') }];
  const branches = [...issue.errors].sort((a, b) => a.length - b.length);
  const [best, second] = branches;
  if (best && (!second || best.length < second.length))
    return complaints(
      schema,
      best.map(inner => ({ ...inner, path: [...path, ...inner.path] })),
    );
  const shared = (best ?? [])
    .flatMap(inner => (inner.code === 'unrecognized_keys' && inner.path.length === 0 ? inner.keys : []))
    .filter(key => !allowedKeys(schema, path).includes(key));
  if (shared.length > 0) return shared.map(key => unknownKey(schema, path, key));
  const keys = allowedKeys(schema, path);
  const forms =
    keys.length > 0
      ? `its keys come from: ${keys.join(', ')}`
      : branches.map(each => predicateOf(each[0]!)).join(', or ');
  return [{ path, aboutKey: false, sentence: sentenceOf(path, `fits none of the allowed forms (${forms})`) }];
}

/** What is wrong, as the words that follow the name of the value: "must be text, but is a number". */
function predicateOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return 'is empty';
      return `must be ${TYPES[issue.expected] ?? issue.expected}, but is ${typeNameOf(issue.input)}${advice(issue)}`;
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : notAllowed(issue);
    case 'too_small':
      return `${sizeOf(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `${sizeOf(issue.origin, 'at most', issue.maximum)}`;
    default:
      return issue.message;
  }
}

function notAllowed(issue: z.core.$ZodIssueInvalidValue): string {
  const values = issue.values.map(String);
  const meant = typeof issue.input === 'string' ? nearest(issue.input, values) : undefined;
  const list = values.length === 1 ? `must be ${values[0]}` : `must be one of ${values.join(', ')}`;
  return meant ? `${list}; did you mean ${meant}?` : list;
}

const advice = (issue: z.core.$ZodIssueInvalidType): string =>
  issue.expected === 'string' && typeof issue.input !== 'object' ? '; put it in quotes' : '';

function sizeOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${bound} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${bound} ${limit}`;
}

const TYPES: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

const typeNameOf = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'a group of keys'
      : (TYPES[typeof value] ?? typeof value);

const quoted = (path: readonly PropertyKey[]) => (path.length > 0 ? `\`${pathText(path)}\`` : 'The file');

/** Schemas write "must be …" or "needs …" (it follows the name) or an order such as "name the rule" (it stands alone). */
const FOLLOWS = /^(must|is|needs|counts|has|may|can|cannot|does|fits|uses)\b/;

const sentenceOf = (path: readonly PropertyKey[], says: string): string =>
  full(FOLLOWS.test(says) ? `${quoted(path)} ${says}` : `${quoted(path)}: ${says}`);

const full = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

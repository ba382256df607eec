import { readdirSync, readFileSync } from 'node:fs';
import type { CodeSystem, Resource, StructureDefinition, ValueSet } from '@medplum/fhirtypes';

export const FOLDER = 'fhir-profiles';
export const OUR_CODES = 'https://loopkeeper.org/fhir/CodeSystem/';

export interface ResourceFile {
  /** Without folder and `.json`: `CodeSystem-reason`. */
  name: string;
  resource: Resource;
}

const readFolder = (folder: string): ResourceFile[] =>
  readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .sort()
    .map(file => ({
      name: file.slice(0, -'.json'.length),
      resource: JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Resource,
    }));

export const definitions = readFolder(FOLDER);
export const examples = readFolder(`${FOLDER}/examples`);

const ofType = <T extends Resource>(type: T['resourceType']): T[] =>
  definitions.flatMap(({ resource }) => (resource.resourceType === type ? [resource as T] : []));

export const profiles = ofType<StructureDefinition>('StructureDefinition');
export const codeSystems = ofType<CodeSystem>('CodeSystem');
export const valueSets = ofType<ValueSet>('ValueSet');

export const profileAt = (url: string): StructureDefinition | undefined =>
  profiles.find(profile => profile.url === url);

/** The codes of one of our systems by the last part of its url; undefined when there is no such system. */
export const codesOf = (id: string): Map<string, string | undefined> | undefined => {
  const system = codeSystems.find(one => one.url === `${OUR_CODES}${id}`);
  return system && new Map((system.concept ?? []).map(({ code, display }) => [code ?? '', display]));
};

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { WRITTEN } from '../fhir-profiles/support/written.ts';

/** All `.json` below. */
export const jsonFilesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => join(folder, name));

/** Our definitions and examples, and each kind of resource the code can write, put into this folder as a file. */
export function filesToValidate(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const written = WRITTEN.flatMap(([what, resource]): [string, Resource][] => (resource ? [[what, resource]] : []));
  for (const [what, resource] of written)
    writeFileSync(join(folder, `${what.replace(/\W+/g, '-')}.json`), JSON.stringify(resource));
  return [...jsonFilesIn('fhir-profiles'), ...jsonFilesIn(folder)];
}

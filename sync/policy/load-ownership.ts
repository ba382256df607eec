import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ownership } from '../domain/chart/ownership.ts';
import { type Loaded, loadYaml } from './load-yaml.ts';

/** Whose each part of the chart is. Without it nobody knows what we may write, so there is no default. */
export function loadOwnership(mappings: string): Loaded<Ownership> {
  const file = join(mappings, 'ownership.yaml');
  return loadYaml(Ownership, file, readFileSync(file, 'utf8'));
}

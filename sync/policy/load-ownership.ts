import { join } from 'node:path';
import { Ownership } from '../domain/chart/ownership.ts';
import { type Loaded, readFile } from './load-yaml.ts';

/** Whose each part of the chart is. Without it nobody knows what we may write, so there is no default. */
export const loadOwnership = (mappings: string): Loaded<Ownership> =>
  readFile(Ownership, join(mappings, 'ownership.yaml'));

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type LoadedPolicy, loadPolicy } from '../policy/load-policy.ts';
import { formatMistakes } from '../policy/load-yaml.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** The rules and texts as they stand in the files. */
export function policyOf(config: Config): LoadedPolicy {
  const loaded = loadPolicy(mappingsOf(config));
  if ('mistakes' in loaded)
    throw new Failure(`The rules cannot be used:\n${formatMistakes(loaded.mistakes)}`, EXIT.attention);
  return loaded;
}

export function mappingsOf({ environment }: Config): string {
  const folder = environment.LOOPKEEPER_MAPPINGS;
  if (existsSync(join(folder, 'clinic.yaml'))) return folder;
  throw new Failure(
    `There is no clinic.yaml in \`${folder}\`; set LOOPKEEPER_MAPPINGS to the practice's folder.`,
    EXIT.usage,
  );
}

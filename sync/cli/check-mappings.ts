import { join } from 'node:path';
import { compileTerms } from '../domain/content/terms.ts';
import { lintText } from '../domain/text/lint.ts';
import { vendorProfileSchema } from '../fhir/profile.ts';
import { loadOwnership } from '../policy/load-ownership.ts';
import { type PolicyFiles, readPolicy } from '../policy/load-policy.ts';
import { type Mistake, readFolder } from '../policy/load-yaml.ts';

export interface Checked extends PolicyFiles {
  profiles: number;
}

/** All of `mappings/`: what cannot be used, what contradicts itself, and what a text would do to its reader. */
export function checkMappings(folder: string): Checked {
  const files = readPolicy(folder);
  const profiles = readFolder(vendorProfileSchema, join(folder, 'ehr'));
  const ownership = loadOwnership(folder);
  const mistakes = [
    ...files.mistakes,
    ...lintTexts(files),
    ...profiles.mistakes,
    ...('mistakes' in ownership ? ownership.mistakes : []),
  ];
  return { ...files, profiles: profiles.files.length, mistakes: inOrder(mistakes) };
}

/** By those lists of forbidden words that can be used; one that cannot is itself named. */
function lintTexts({ texts, terms }: PolicyFiles): Mistake[] {
  const known = compileTerms(terms.files.map(file => file.value));
  return texts.files.flatMap(({ value, at }) =>
    lintText(value, known).map(({ path, sentence }) => {
      const { path: place, ...mistake } = at(path === '' ? [] : path.split('.'), sentence);
      return { ...mistake, path: place, sentence: place ? `\`${place}\`: ${sentence}` : sentence };
    }),
  );
}

const inOrder = (mistakes: Mistake[]): Mistake[] =>
  [...mistakes].sort(
    (a, b) => Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );

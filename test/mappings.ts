import { readFileSync } from 'node:fs';
import { compileTerms, TermFile, type Terms } from '../sync/domain/content/terms.ts';
import { Text } from '../sync/domain/text/text.ts';
import { formatMistakes, type Loaded, loadFolder, loadYaml } from '../sync/policy/load-yaml.ts';

/** The shipped data, as every test that speaks about real words needs it. Throws with the place of each mistake. */
export const loadedOrThrow = <T>(loaded: Loaded<T>): T => {
  if ('mistakes' in loaded) throw new Error(formatMistakes(loaded.mistakes));
  return loaded.value;
};

export const termFiles = (): TermFile[] =>
  ['en', 'es'].map(language => {
    const file = `mappings/content/terms.${language}.yaml`;
    return loadedOrThrow(loadYaml(TermFile, file, readFileSync(file, 'utf8')));
  });

export const shippedTerms = (): Terms => compileTerms(termFiles());

export const shippedTexts = (): Text[] => loadedOrThrow(loadFolder(Text, 'mappings/texts')).map(({ value }) => value);

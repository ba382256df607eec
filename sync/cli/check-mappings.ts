import { join } from 'node:path';
import type { Instant } from '../domain/clock.ts';
import { compileTerms } from '../domain/content/terms.ts';
import { lintText } from '../domain/text/lint.ts';
import { lintLibrary } from '../domain/text/lint-library.ts';
import { type ReviewFinding, reviewsDue } from '../domain/text/review.ts';
import { localDate } from '../domain/time.ts';
import { vendorProfileSchema } from '../fhir/profile.ts';
import { loadAlarms } from '../policy/load-alarms.ts';
import { loadOwnership } from '../policy/load-ownership.ts';
import { type PolicyFiles, readPolicy } from '../policy/load-policy.ts';
import { loadSubscriptions } from '../policy/load-subscriptions.ts';
import { type Mistake, readFolder } from '../policy/load-yaml.ts';

export interface Checked extends PolicyFiles {
  profiles: number;
  /** Texts to be looked through again, soon or by now. */
  reviews: (Mistake & { code: ReviewFinding['code'] })[];
}

/** All of `mappings/`: what cannot be used, what contradicts itself, and what a text would do to its reader. */
export function checkMappings(folder: string, now: Instant): Checked {
  const files = readPolicy(folder);
  const profiles = readFolder(vendorProfileSchema, join(folder, 'ehr'));
  const others = [loadOwnership(folder), loadSubscriptions(folder), loadAlarms(folder)];
  const mistakes = [
    ...files.mistakes,
    ...lintTexts(files),
    ...lintTogether(files),
    ...profiles.mistakes,
    ...others.flatMap(one => ('mistakes' in one ? one.mistakes : [])),
  ];
  return { ...files, profiles: profiles.files.length, mistakes: inOrder(mistakes), reviews: reviewsOf(files, now) };
}

/** By the practice's own calendar, or by that of Greenwich where it has none that can be used. */
function reviewsOf({ texts, clinic }: PolicyFiles, now: Instant): Checked['reviews'] {
  const today = localDate(now, clinic?.value.zone ?? 'UTC');
  const files = new Map(texts.files.map(file => [file.value.id, file]));
  return reviewsDue(
    [...files.values()].map(file => file.value),
    today,
  ).flatMap(({ text, code, sentence }) => {
    const place = files.get(text)?.at(['reviewBy'], sentence);
    return place ? [{ ...place, code }] : [];
  });
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

/** What no file shows alone. Only of files that can be used: another's mistake would show here again. */
function lintTogether({ texts, clinic, terms, mistakes }: PolicyFiles): Mistake[] {
  if (!clinic || mistakes.length > 0) return [];
  const known = Object.fromEntries(texts.files.map(file => [file.value.id, file]));
  const library = Object.fromEntries(texts.files.map(({ value }) => [value.id, value]));
  return lintLibrary(library, clinic.value, compileTerms(terms.files.map(file => file.value))).map(
    ({ about, sentence }) => known[about]?.at(['id'], sentence) ?? clinic.at(['locations'], sentence),
  );
}

const inOrder = (mistakes: Mistake[]): Mistake[] =>
  [...mistakes].sort(
    (a, b) => Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );

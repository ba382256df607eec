import { z } from 'zod';

/** What a text may not carry outside a login (`scope.md` MIN1-MIN5, `standards.md` §6.6). */
export const CATEGORIES = [
  'nature-of-visit',
  'diagnosis',
  'result',
  'medicine',
  'procedure',
  'specialty',
  'identifier',
  'instruction',
  'billing',
  'setting',
] as const;
export type Category = (typeof CATEGORIES)[number];

/**
 * `mappings/content/terms.<language>.yaml`. A term is matched as whole words, in any case, with or without accents,
 * also in the plural. `oncolog*` also matches every longer word. A term in capitals (`ED`) matches capitals only.
 */
export const TermFile = z.strictObject({
  language: z.enum(['en', 'es']),
  categories: z.array(
    z.strictObject({
      code: z.enum(CATEGORIES),
      because: z.string().min(10),
      media: z.array(z.enum(['sms', 'email'])).default(['sms', 'email']),
      /** Says nothing of most visits, but too much of a sensitive one. */
      sensitiveOnly: z.boolean().default(false),
      terms: z.array(z.string().min(2)).min(1),
      /** Phrases in which a term means nothing medical, such as "as a result". */
      harmless: z.array(z.string().min(2)).default([]),
    }),
  ),
});
export type TermFile = z.infer<typeof TermFile>;

export interface CompiledCategory {
  language: 'en' | 'es';
  code: Category;
  media: ('sms' | 'email')[];
  sensitiveOnly: boolean;
  /** Any of the terms; a quick no for most texts. */
  any: Matcher;
  each: Matcher[];
  harmless: Matcher[];
}
export type Terms = readonly CompiledCategory[];

/** Looks in the folded text; a term in capitals looks in the text as it was written. */
interface Matcher {
  folded: RegExp | undefined;
  asWritten: RegExp | undefined;
}

/** Both languages are always looked for: a Spanish text may hold an English word, and a name of a place any. */
export const compileTerms = (files: readonly TermFile[]): Terms =>
  files.flatMap(({ language, categories }) =>
    categories.map(({ code, media, sensitiveOnly, terms, harmless }) => ({
      language,
      code,
      media,
      sensitiveOnly,
      any: matcher(terms),
      each: terms.map(term => matcher([term])),
      harmless: harmless.map(phrase => matcher([phrase])),
    })),
  );

/** The indexes of the terms found. Indexes, not words: what was found is exactly what may not be written down. */
export function termsIn(text: string, category: CompiledCategory): number[] {
  const written = text.normalize('NFC');
  if (!found(category.any, written)) return [];
  const masked = category.harmless.reduce(mask, written);
  return category.each.flatMap((term, index) => (found(term, masked) ? [index] : []));
}

const found = ({ folded, asWritten }: Matcher, text: string): boolean =>
  (folded?.test(fold(text)) ?? false) || (asWritten?.test(text) ?? false);

/** Folding keeps the length, so the place of a harmless phrase in the folded text is its place in the text. */
function mask(text: string, { folded }: Matcher): string {
  const spans = folded ? [...fold(text).matchAll(new RegExp(folded, 'gu'))] : [];
  return spans.reduce(
    (t, { index, 0: hit }) => t.slice(0, index) + '.'.repeat(hit.length) + t.slice(index + hit.length),
    text,
  );
}

/** Lower case without accents, one UTF-16 unit for one. */
const fold = (text: string): string =>
  text.replace(/[\u0041-\u024F]/g, c => c.toLowerCase().normalize('NFD').charAt(0));

function matcher(terms: readonly string[]): Matcher {
  const isAcronym = (term: string) => /^\p{Lu}[\p{Lu}\d]+$/u.test(term);
  return {
    folded: pattern(terms.filter(term => !isAcronym(term)).map(fold)),
    asWritten: pattern(terms.filter(isAcronym)),
  };
}

const pattern = (terms: readonly string[]): RegExp | undefined =>
  terms.length > 0
    ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${terms.map(source).join('|')})(?![\\p{L}\\p{N}])`, 'u')
    : undefined;

const source = (term: string): string =>
  term
    .split(/[\s-]+/)
    .map(wordSource)
    .join('[\\s-]+');

/** `*` any ending; otherwise the ending of a plural or a possessive in either language may follow. */
const wordSource = (word: string): string =>
  word.endsWith('*') ? `${escaped(word.slice(0, -1))}\\p{L}*` : `${escaped(word)}(?:s|es|'s)?`;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

import type { Medium } from '../text/text.ts';
import { digitRuns, fullDates, fullNames, hiddenSigns, identifierNumbers, strangeLinks } from './patterns.ts';
import { type Category, type Terms, termsIn } from './terms.ts';

export interface Content {
  body: string;
  subject?: string;
  medium: Medium;
  class: 'routine' | 'sensitive';
  terms: Terms;
  /** People who may be named: the first name of the reader, the clinician as written in the text. */
  allowedNames: readonly string[];
  /** Family names of the people concerned, when the caller knows them: never allowed. */
  familyNames?: readonly string[];
  /** The practice's own numbers in any notation; no other long number may appear. */
  phones: readonly string[];
  /** Hosts (with port, if any) that links may lead to, always by https. */
  hosts: readonly string[];
}

export type ContentCode =
  | Category
  | 'identifier-number'
  | 'full-date'
  | 'full-name'
  | 'digits'
  | 'link'
  | 'hidden-signs'
  | 'name-in-subject';

/** Says what kind of thing was found and where to look it up, never the words: findings are logged. */
export interface ContentFinding {
  code: ContentCode;
  part: 'body' | 'subject';
  /** Which entry of the term list. */
  term?: { language: 'en' | 'es'; index: number };
}

/**
 * What this rendered text would tell a lock screen, a shared phone or a carrier that it should not
 * (`standards.md` §6.6). Empty = it may leave. Applied to templates, to what is sent, and to what staff type.
 */
export function checkContent(content: Content): ContentFinding[] {
  const body = inPart(content.body, 'body', content);
  if (content.subject === undefined) return body;
  return [
    ...body,
    ...inPart(content.subject, 'subject', content),
    ...(namesSomebody(content.subject, content.allowedNames)
      ? [{ code: 'name-in-subject', part: 'subject' } as const]
      : []),
  ];
}

/** A first name. The practice and the clinician, whose names have several words, may stand in a subject. */
function namesSomebody(subject: string, allowedNames: readonly string[]): boolean {
  const others = allowedNames.filter(name => !isOneWord(name)).reduce((t, name) => t.replaceAll(name, '.'), subject);
  return allowedNames.some(name => isOneWord(name) && new RegExp(`(?<!\\p{L})${name}(?!\\p{L})`, 'u').test(others));
}

function inPart(text: string, part: ContentFinding['part'], content: Content): ContentFinding[] {
  const { allowedNames, familyNames = [], phones, hosts, terms } = content;
  // Somebody called Dolores is not in pain; but only a single word is trusted: "Dr. Vega, Oncology" is not a name.
  const withoutNames = allowedNames.filter(isOneWord).reduce((t, name) => t.replaceAll(name, '.'), text);
  const found: [ContentCode, boolean][] = [
    ['identifier-number', identifierNumbers(text)],
    ['full-date', fullDates(text)],
    ['full-name', fullNames(text, allowedNames, familyNames)],
    ['digits', digitRuns(text, phones, hosts)],
    ['link', strangeLinks(text, hosts)],
    ['hidden-signs', hiddenSigns(text)],
  ];
  return [
    ...found.flatMap(([code, present]) => (present ? [{ code, part }] : [])),
    ...terms
      .filter(
        ({ media, sensitiveOnly }) =>
          media.includes(content.medium) && (!sensitiveOnly || content.class === 'sensitive'),
      )
      .flatMap(category =>
        termsIn(withoutNames, category).map(index => ({
          code: category.code,
          part,
          term: { language: category.language, index },
        })),
      ),
  ];
}

const isOneWord = (name: string): boolean => /^[\p{L}'’-]{2,}$/u.test(name);

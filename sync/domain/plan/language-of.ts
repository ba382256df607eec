import { chooseLanguage, type LanguageChoice } from '../language.ts';
import type { Policy } from '../policy/policy.ts';
import { LANGUAGES } from '../text/text.ts';

/** The language to write in, and whether a person has to see to it that there is no better one (F4). */
export const languageFor = (languages: string[], { clinic }: Policy): LanguageChoice =>
  chooseLanguage(languages, LANGUAGES, clinic.whenLanguageMissing, clinic.language);

/** Undefined when the practice would rather stay silent than use another. */
export const languageOf = (languages: string[], policy: Policy): string | undefined =>
  languageFor(languages, policy).language;

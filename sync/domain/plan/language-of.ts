import { chooseLanguage } from '../language.ts';
import type { Policy } from '../policy/policy.ts';
import { LANGUAGES } from '../text/text.ts';

/** The language to write in; undefined when the practice would rather stay silent than use another (F4). */
export const languageOf = (languages: string[], { clinic }: Policy): string | undefined =>
  chooseLanguage(languages, LANGUAGES, clinic.whenLanguageMissing, clinic.language).language;

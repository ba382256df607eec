import { type Terms, termsIn } from '../content/terms.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Text } from './text.ts';

export interface LibraryFinding {
  /** The text it is about, or `clinic` for the practice's own data. */
  about: string;
  sentence: string;
}

/** What no text can show alone: whether each has a form for confidential visits, and what the names of places say. */
export const lintLibrary = (texts: Record<string, Text>, clinic: Clinic, terms: Terms): LibraryFinding[] => [
  ...Object.values(texts).flatMap(text => withoutSensitiveForm(text, texts)),
  ...revealingPlaces(clinic, terms),
];

/** Without one, nothing is said to whoever comes in confidence, and a person has to call (`scope.md` RSP6). */
function withoutSensitiveForm(text: Text, texts: Record<string, Text>): LibraryFinding[] {
  if (text.class === 'sensitive' || text.purpose === 'answer' || text.purpose === 'opt-out-answer') return [];
  const id = text.sensitiveForm ?? `${text.id}-sensitive`;
  const form = texts[id];
  if (form?.class === 'sensitive' && form.purpose === text.purpose) return [];
  const what = form ? `${id} is not a sensitive text of the purpose ${text.purpose}` : `there is no text ${id}`;
  return [{ about: text.id, sentence: `It has no words for a confidential visit: ${what}.` }];
}

/** A practice with several places names them in texts, where a name such as "Fertility Center" would say it all. */
function revealingPlaces({ locations }: Clinic, terms: Terms): LibraryFinding[] {
  if (locations.length < 2) return [];
  const forText = terms.filter(({ sensitiveOnly }) => !sensitiveOnly);
  return locations
    .filter(({ name }) => forText.some(category => termsIn(name, category).length > 0))
    .map(({ reference }) => ({
      about: 'clinic',
      sentence: `The name of ${reference} says what the place is for; give it one that patients may read on a lock screen.`,
    }));
}

import type { PatientFacts } from '../plan/facts.ts';
import { languageOf } from '../plan/language-of.ts';
import type { Policy } from '../policy/policy.ts';
import type { Language } from '../text/text.ts';
import type { Reply } from './keywords.ts';

/** Answers are in the language of a sentence; a single known word ("yes", "R") says less of a person than the chart. */
export function answerLanguage(
  { certainty, language }: Pick<Reply, 'certainty' | 'language'>,
  writers: PatientFacts[],
  policy: Policy,
): Language {
  const heard = certainty === 'exact' && writers.length > 0 ? undefined : language;
  return heard ?? commonLanguage(writers, policy);
}

/** What everybody who may have written reads; the practice's own language when they differ or nobody is known. */
function commonLanguage(writers: PatientFacts[], policy: Policy): Language {
  const all = new Set(writers.map(({ patient }) => languageOf(patient?.languages ?? [], policy)));
  const [only] = all;
  return (all.size === 1 && only ? only : policy.clinic.language) as Language;
}

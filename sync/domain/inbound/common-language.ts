import type { PatientFacts } from '../plan/facts.ts';
import { languageOf } from '../plan/language-of.ts';
import type { Policy } from '../policy/policy.ts';
import type { Language } from '../text/text.ts';

/** What everybody who may have written reads; the practice's own language when they differ or nobody is known. */
export function commonLanguage(writers: PatientFacts[], policy: Policy): Language {
  const all = new Set(writers.map(({ patient }) => languageOf(patient?.languages ?? [], policy)));
  const [only] = all;
  return (all.size === 1 && only ? only : policy.clinic.language) as Language;
}

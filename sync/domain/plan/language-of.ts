import type { Policy } from '../policy/policy.ts';

const SPOKEN: Record<string, string> = { spa: 'es', eng: 'en', spanish: 'es', english: 'en', castilian: 'es' };
const AVAILABLE = ['en', 'es'];

/** The language to write in; undefined when the practice would rather stay silent than use another (F4). */
export function languageOf(languages: string[], { clinic }: Policy): string | undefined {
  const first = languages[0];
  if (first === undefined) return clinic.language;
  const base = first.toLowerCase().split(/[-_;, ]/)[0] ?? '';
  const language = SPOKEN[base] ?? base;
  if (AVAILABLE.includes(language)) return language;
  return clinic.whenLanguageMissing.startsWith('clinic-default') ? clinic.language : undefined;
}

import type { Text } from '../text/text.ts';
import type { Clinic } from './clinic.ts';
import type { Rule } from './rule.ts';

/** What every decision is made by: the practice's data, its rules and its approved words. Versioned as one whole. */
export interface Policy {
  clinic: Clinic;
  rules: Rule[];
  texts: Record<string, Text>;
}

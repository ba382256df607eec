import type { Clinic } from './clinic.ts';
import type { Rule } from './rule.ts';

/** What every decision is made by: the practice's data and its rules. Versioned as one whole. */
export interface Policy {
  clinic: Clinic;
  rules: Rule[];
}

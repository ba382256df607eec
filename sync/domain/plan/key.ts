import type { Reference } from '../facts/fact.ts';

/** `patient|rule|anchor`: the chain of one occasion. Its messages and Tasks add `#step`, `#call`, `#silence` … (law 2). */
export const keyOf = (patient: Reference, rule: string, anchor: string): string => `${patient}|${rule}|${anchor}`;

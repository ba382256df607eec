import type { Reference } from '../facts/fact.ts';
import type { MessageFact } from './facts.ts';

/** `patient|rule|anchor`: the chain of one occasion. Its messages and Tasks add `#step`, `#call`, `#silence` … (law 2). */
export const keyOf = (patient: Reference, rule: string, anchor: string): string => `${patient}|${rule}|${anchor}`;

/** The occasion a message spoke for. */
export const chainOf = ({ key, step }: MessageFact): string => key.slice(0, -`#${step}`.length);

/** A key as the value of an identifier in the chart: other keys have other values. */
export const identifierValue = (key: string): string =>
  key.replace(/[^A-Za-z0-9.-]/g, sign => `_${sign.codePointAt(0)?.toString(16)}`);

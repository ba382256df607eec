import type { TermFile } from '../content/terms.ts';
import type { ReplyFile } from '../inbound/reply-words.ts';
import type { Text } from '../text/text.ts';
import type { Clinic } from './clinic.ts';
import type { Rule } from './rule.ts';

/** What every decision is made by: the practice's data, its rules and its words. Versioned as one whole. */
export interface Policy {
  clinic: Clinic;
  rules: Rule[];
  texts: Record<string, Text>;
  /** Words a patient may answer with, by language. */
  replies: ReplyFile[];
  /** Words no text may carry, by language. */
  terms: TermFile[];
}

import { endsOf, type Phrase } from './phrases.ts';
import type { CompiledReplies } from './reply-words.ts';

/** A number as it stands in a message. A pronoun is one that may be no number at all: "cancel one". */
export interface Spelled {
  number: number;
  as: 'number' | 'ordinal' | 'pronoun';
}

/** The numbers of a message in order, and what is left of it without them. At every place the longest wins. */
export function numbersIn(text: string, words: CompiledReplies): { found: Spelled[]; rest: string } {
  const heard = text.replace(/(?<=\b[cr])(?=\d)|(?<=\d),(?=\d)/g, ' ');
  const spellings = spellingsOf(words);
  const found: Spelled[] = [];
  let rest = '';
  for (let at = 0; at < heard.length; ) {
    const [longest] = spellings
      .flatMap(({ phrases, ...spelled }) => endsOf(heard, at, phrases).map(end => ({ spelled, end })))
      .sort((a, b) => b.end - a.end);
    const digits = heard.slice(at).match(/^#?(\d{1,2}) /);
    const next = heard.indexOf(' ', at) + 1;
    if (longest) found.push(longest.spelled);
    else if (digits) found.push({ number: Number(digits[1]), as: 'number' });
    else rest += heard.slice(at, next);
    at = longest ? longest.end : next;
  }
  return { found, rest };
}

const spellingsOf = ({ languages }: CompiledReplies): (Spelled & { phrases: Phrase[] })[] =>
  languages.flatMap(({ numbers, ordinals, pronouns }) => [
    ...numbers.map(one => ({ ...one, as: 'number' as const })),
    ...ordinals.map(one => ({ ...one, as: 'ordinal' as const })),
    { number: 1, as: 'pronoun', phrases: pronouns },
  ]);

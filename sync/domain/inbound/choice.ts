import type { Reply } from './keywords.ts';
import type { Heard } from './normalise.ts';
import { numbersIn, type Spelled } from './numbers.ts';
import { covers, type Phrase } from './phrases.ts';
import type { CompiledReplies, Meaning } from './reply-words.ts';

/** What may be said together with a number: "C 2", "cancel 1". Never an opt-out: "STOP 2" is a near miss (D6). */
const WITH_NUMBER = ['confirm', 'cancel', 'reschedule'] as const satisfies Meaning[];

const UNCLEAR: Reply = { meaning: 'unclear' };

/**
 * "2", "1 and 3", "the first", "both", "C 2", when a question with numbered options is open. Undefined when it is not
 * an answer to it. A number outside the options, or one said twice, is unclear: it was about something else.
 */
export function readChoice(heard: Heard, words: CompiledReplies, options: number): Reply | undefined {
  if (options < 1 || heard.isQuestion) return undefined;
  const filler = [...words.courtesy, ...words.languages.flatMap(({ choiceWords }) => choiceWords)];
  const everything = allOf(heard, words, options, filler);
  if (everything) return everything;
  const { found, rest } = numbersIn(heard.words, words);
  const meaning = found.length > 0 ? meaningOf(rest, words, filler) : undefined;
  if (!meaning) return undefined;
  const choice = found.map(({ number }) => number);
  const fits = new Set(choice).size === choice.length && choice.every(number => number >= 1 && number <= options);
  return fits && !isDoubtful(found, rest, words) ? { meaning, choice, certainty: 'exact' } : UNCLEAR;
}

/** Asked before the numbers: "las dos" is both of them, not the second; and of three visits both are not all. */
function allOf(heard: Heard, { languages }: CompiledReplies, options: number, filler: Phrase[]): Reply | undefined {
  const counted = languages
    .flatMap(language => language.counted)
    .find(({ phrases }) => covers(heard.words, phrases, filler));
  if (counted && counted.number !== options) return UNCLEAR;
  if (!counted && !languages.some(({ all }) => covers(heard.words, all, filler))) return undefined;
  return { meaning: 'choice', choice: Array.from({ length: options }, (_, i) => i + 1), certainty: 'exact' };
}

/** "Cancel one" names none, and "one second" asks us to wait. */
function isDoubtful(found: Spelled[], rest: string, { courtesy }: CompiledReplies): boolean {
  const ordinals = found.filter(({ as }) => as === 'ordinal').length;
  if (ordinals > 0 && ordinals < found.length) return true;
  return found.length === 1 && found[0]?.as === 'pronoun' && !isOnly(rest, courtesy);
}

function meaningOf(rest: string, words: CompiledReplies, filler: Phrase[]): Reply['meaning'] | undefined {
  if (isOnly(rest, filler)) return 'choice';
  const meanings = WITH_NUMBER.filter(meaning =>
    words.languages.some(({ exact, phrases, stopOrCancel }) =>
      covers(
        rest,
        [...(exact[meaning] ?? []), ...(phrases[meaning] ?? []), ...(meaning === 'cancel' ? stopOrCancel : [])],
        filler,
      ),
    ),
  );
  return meanings.length === 1 ? meanings[0] : undefined;
}

const isOnly = (rest: string, filler: Phrase[]): boolean => rest === '' || covers(`${rest}| `, [PAUSE], filler);

const PAUSE: Phrase = /\| /y;

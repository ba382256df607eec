import type { Reply } from './keywords.ts';
import type { Heard } from './normalise.ts';
import { covers, type Phrase } from './phrases.ts';
import type { CompiledReplies, Meaning } from './reply-words.ts';

/** What may be said together with a number: "C 2", "cancel 1". Never an opt-out: "STOP 2" is a near miss (D6). */
const WITH_NUMBER = ['confirm', 'cancel', 'reschedule'] as const satisfies Meaning[];

/**
 * "2", "1 and 3", "the first", "both", "C 2", when a question with numbered options is open. Undefined when it is not
 * an answer to it. A number outside the options, or one said twice, is unclear: it was about something else.
 */
export function readChoice(heard: Heard, words: CompiledReplies, options: number): Reply | undefined {
  if (options < 1 || heard.isQuestion) return undefined;
  const filler = [...words.courtesy, ...words.languages.flatMap(({ choiceWords }) => choiceWords)];
  // Before the numbers: "las dos" is both of them, not the second.
  if (words.languages.some(({ all }) => covers(heard.words, all, filler)))
    return { meaning: 'choice', choice: upTo(options), certainty: 'exact' };
  const numbered = spelledOut(heard.words.replace(/(?<=\b[cr])(?=\d)|(?<=\d),(?=\d)/g, ' '), words);
  const choice = [...numbered.matchAll(NUMBER)].map(([, digits]) => Number(digits));
  const meaning = choice.length > 0 ? meaningOf(numbered.replace(NUMBER, ''), words, filler) : undefined;
  if (!meaning) return undefined;
  const fits = new Set(choice).size === choice.length && choice.every(number => number >= 1 && number <= options);
  return fits ? { meaning, choice, certainty: 'exact' } : { meaning: 'unclear' };
}

const NUMBER = /(?<![^ ])#?(\d{1,2}) /g;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** "the first" becomes "the 1". */
const spelledOut = (text: string, { languages }: CompiledReplies): string =>
  languages
    .flatMap(({ ordinals }) => ordinals)
    .reduce(
      (t, { number, phrases }) =>
        phrases.reduce((u, { source }) => u.replace(new RegExp(`(?<![^ ])${source}`, 'g'), `${number} `), t),
      text,
    );

function meaningOf(rest: string, words: CompiledReplies, filler: Phrase[]): Reply['meaning'] | undefined {
  if (rest === '' || covers(`${rest}| `, [PAUSE], filler)) return 'choice';
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

const PAUSE: Phrase = /\| /y;

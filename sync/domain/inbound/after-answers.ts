import { type Phrase, reach } from './phrases.ts';
import type { CompiledReplies, Meaning, ReplyWords } from './reply-words.ts';

const ANSWERS: Meaning[] = ['confirm', 'cancel', 'reschedule', 'wrong-number', 'thanks'];

/** Every phrase for these meanings in one language. */
export const saidOf = ({ exact, phrases, asked }: ReplyWords, meanings: Meaning[]): Phrase[] =>
  meanings.flatMap(meaning => [exact, phrases, asked].flatMap(list => list[meaning] ?? []));

/** Everything that is an answer to us, and what may stand around it. */
export const answersTo = ({ courtesy, languages }: CompiledReplies): Phrase[] => [
  ...courtesy,
  ...languages.flatMap(one => [...one.lead, ...one.leadNo, ...one.stopOrCancel, ...saidOf(one, ANSWERS)]),
];

/**
 * What follows an answer to us: after a pause or an "and", for "I can't make it stop" is none; after a single word of
 * ours also without: "C stop".
 */
export function afterAnswers(sentence: string, words: CompiledReplies): string[] {
  const { courtesy, languages } = words;
  const bare = languages.flatMap(({ exact, stopOrCancel, lead }) => [
    ...(exact.confirm ?? []),
    ...(exact.reschedule ?? []),
    ...(exact['wrong-number'] ?? []),
    ...stopOrCancel,
    ...lead,
  ]);
  const ends = [
    ...reach(sentence, [...bare, ...courtesy]),
    ...[...reach(sentence, answersTo(words))].filter(end =>
      /(?:^| )(?:[|,]|and|also|&|y|tambien) $/.test(sentence.slice(0, end)),
    ),
  ];
  return [...new Set(ends)].filter(end => end > 0 && end < sentence.length).map(end => sentence.slice(end));
}

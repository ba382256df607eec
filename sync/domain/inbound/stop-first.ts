import { afterAnswers, answersTo, saidOf } from './after-answers.ts';
import { hear, READ } from './normalise.ts';
import { begins, covers, holds, type Phrase } from './phrases.ts';
import type { CompiledReplies } from './reply-words.ts';

interface Sentence {
  words: string;
  isQuestion: boolean;
}

/**
 * "STOP. Chest pain", "stop texting me I never signed up", "C, stop": an opt-out by any reasonable reading is one,
 * whatever stands around it and however long it is (47 CFR 64.1200(a)(10)); the rest is a person's. "Stop the pain" is
 * none.
 */
export function stopsFirst(text: string, words: CompiledReplies): boolean {
  const said = sentences(text).filter(({ words: w }) => !covers(w, words.courtesy, words.courtesy));
  return (
    said.some(sentence => namesTexts(sentence, text, words) || isNothingBut(sentence, words)) ||
    isStopAmongAnswers(said, words)
  );
}

/** A STOP that is a sentence by itself: "Who is this? Stop." */
const isNothingBut = ({ words: sentence, isQuestion }: Sentence, { courtesy, languages }: CompiledReplies): boolean =>
  !isQuestion && languages.some(({ stopAlso }) => covers(sentence, stopAlso, courtesy));

/** Whether the rest of a STOP says, in words of its own, that the visit is off: "stop and cancel my appointment". */
export function alsoCancels(text: string, { courtesy, languages }: CompiledReplies): boolean {
  const clauses = sentences(text).flatMap(({ words }) => words.split(/(?<![^ ])(?:[|,]|and|&|y|then) /));
  return languages.some(language => {
    const { lead, leadNo, stopAlso, stopOrCancel } = language;
    const cancels = [...stopOrCancel, ...saidOf(language, ['cancel'])];
    return clauses.some(clause => covers(clause, cancels, [...courtesy, ...lead, ...leadNo, ...stopAlso]));
  });
}

/** A colon is no pause here: "Stop: lisinopril" is a list of medicines, "STOP - not me" a STOP. */
const sentences = (text: string): Sentence[] =>
  (text.slice(0, READ).match(/[^.!?…\n\r]+[.!?…]*/g) ?? []).flatMap(
    sentence => hear(sentence.replace(/:/g, ' ').replace(/ [-–—]+ /g, ', ')) ?? [],
  );

function namesTexts({ words: sentence, isQuestion }: Sentence, text: string, words: CompiledReplies): boolean {
  if (isQuestion) return false;
  const rests = [sentence, ...afterAnswers(sentence, words)];
  return words.languages.some(({ stopTexts, stopCalls, lead, leadNo }) => {
    const filler = [...words.courtesy, ...lead, ...leadNo];
    const saysSo = (phrases: Phrase[]) => rests.some(rest => begins(`${rest}| `, [phrases], filler));
    return saysSo(stopTexts) || (saysSo(stopCalls) && !wantsTexts(text, words));
  });
}

/** "Stop calling, text me": who would rather be written to stops nothing of ours. */
const wantsTexts = (text: string, { languages }: CompiledReplies): boolean => {
  const heard = hear(text.slice(0, READ))?.words ?? '';
  return languages.some(({ rather, ratherNot }) =>
    holds(
      ratherNot.reduce((rest, phrase) => rest.replace(new RegExp(`(?<![^ ])${phrase.source}`, 'g'), '| '), heard),
      rather,
    ),
  );
};

/** What is said first counts, and what comes after nothing but an answer to us: "Yes. Stop", "C, stop". */
function isStopAmongAnswers(said: Sentence[], words: CompiledReplies): boolean {
  for (const [i, { words: sentence, isQuestion }] of said.entries()) {
    if (isStop(sentence, isQuestion, words, i === 0 ? 'stopFirst' : 'stopAlso')) return true;
    if (afterAnswers(sentence, words).some(rest => isStop(rest, isQuestion, words, 'stopAlso'))) return true;
    if (!covers(sentence, answersTo(words), [])) return false;
  }
  return false;
}

function isStop(
  rest: string,
  isQuestion: boolean,
  { courtesy, languages }: CompiledReplies,
  bare: 'stopFirst' | 'stopAlso',
): boolean {
  const sentence = rest.replace(/(\| )+$/, '');
  return languages.some(({ [bare]: stop, stopThen, stopOrCancel, phrases, asked, lead, leadNo }) => {
    const filler = [...courtesy, ...lead, ...leadNo];
    if (covers(sentence, asked.stop ?? [], filler)) return true;
    if (isQuestion) return false;
    return (
      covers(sentence, stop, [...courtesy, ...stopOrCancel]) ||
      covers(sentence, phrases.stop ?? [], filler) ||
      begins(sentence, [stop, stopThen], courtesy)
    );
  });
}

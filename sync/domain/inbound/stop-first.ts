import { hear, READ } from './normalise.ts';
import { begins, covers } from './phrases.ts';
import type { CompiledReplies } from './reply-words.ts';

/**
 * "STOP. Chest pain", "stop texting me I never signed up": an opt-out by any reasonable reading is one, whatever
 * follows and however long it is (47 CFR 64.1200(a)(10)); the rest is a person's. "Stop the pain" is none.
 */
export function stopsFirst(text: string, words: CompiledReplies): boolean {
  const said = sentences(text).filter(({ words: w }) => !covers(w, words.courtesy, words.courtesy));
  return (
    said.some(({ words: sentence, isQuestion }) => !isQuestion && namesTexts(sentence, words)) ||
    said.slice(0, 1).some(({ words: first, isQuestion }) => isStop(first, isQuestion, words))
  );
}

/** A colon is no pause here: "Stop: lisinopril" is a list of medicines, "STOP - not me" a STOP. */
const sentences = (text: string) =>
  (text.slice(0, READ).match(/[^.!?…\n\r]+[.!?…]*/g) ?? []).flatMap(
    sentence => hear(sentence.replace(/:/g, ' ').replace(/ [-–—]+ /g, ', ')) ?? [],
  );

const namesTexts = (sentence: string, { courtesy, languages }: CompiledReplies): boolean =>
  languages.some(({ stopTexts, lead, leadNo }) => begins(sentence, [stopTexts], [...courtesy, ...lead, ...leadNo]));

function isStop(first: string, isQuestion: boolean, { courtesy, languages }: CompiledReplies): boolean {
  const sentence = first.replace(/(\| )+$/, '');
  return languages.some(({ stopFirst, stopThen, phrases, asked, lead, leadNo }) => {
    const filler = [...courtesy, ...lead, ...leadNo];
    if (covers(sentence, asked.stop ?? [], filler)) return true;
    if (isQuestion) return false;
    return (
      covers(sentence, stopFirst, courtesy) ||
      covers(sentence, phrases.stop ?? [], filler) ||
      begins(sentence, [stopFirst, stopThen], courtesy)
    );
  });
}

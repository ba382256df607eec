/** A message as the reader of keywords sees it. */
export interface Heard {
  /** Lower-case words without accents, each followed by one space; `|` ends a sentence, `,` pauses. */
  words: string;
  isQuestion: boolean;
  /** Written without any stress: no exclamation, no drawn-out letter, no more than a full stop. */
  isPlain: boolean;
}

/** Longer messages are letters, and letters are read by people; this much of them is read for a STOP. */
export const READ = 320;

/** Pictures that say yes, and those that only colour what is said. Every other picture is a word nobody knows. */
const YES_PICTURES = /[👍👌✅☑✔🆗]/gu;
const COURTESY_PICTURES = /[🙏😊🙂😀😃😄😁☺🤗🥰😍❤♥💙💚💜🧡💛💕🎉👋🌞🌸🌷🌹✨]/gu;

/** Undefined when there is nothing to read or too much of it. Changes nothing that is stored. */
export function hear(text: string): Heard | undefined {
  if (text.length > READ) return undefined;
  const folded = text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]|\p{Emoji_Modifier}/gu, '')
    .toLowerCase();
  const isQuestion = /[?¿]/.test(folded);
  const isPlain = !/[!¡]|\.\s*\.|([a-z])\1{2,}/.test(folded);
  const words = folded
    .replace(YES_PICTURES, ' thumbsup ')
    .replace(COURTESY_PICTURES, ' smile ')
    .replace(/['’‘`´"“”«»()*_~]/g, '')
    .replace(/(?<=\d)[.,](?=\s|$)/g, ' | ')
    .replace(/[.!?¿¡\n\r…]+/g, ' | ')
    .replace(/[,;:](?!\d)/g, ' , ')
    .replace(/&/g, ' and ')
    .replace(/[-–—/](?!\d)/g, ' ')
    // "stoppp", "yesss": three of a letter are one; "will" keeps its two
    .replace(/([a-z])\1{2,}/g, '$1')
    .split(/\s+/)
    .filter(word => word !== '')
    .map(word => `${word} `)
    .join('');
  return words === '' ? undefined : { words, isQuestion, isPlain };
}

import { readChoice } from './choice.ts';
import { type NamedDay, namedDays } from './named-day.ts';
import { type Heard, hear } from './normalise.ts';
import { covers, holds, type Phrase } from './phrases.ts';
import { type CompiledReplies, MEANINGS, type Meaning, type ReplyWords } from './reply-words.ts';
import { alsoCancels, stopsFirst } from './stop-first.ts';

export interface Reply {
  /** `unclear` = a person reads it. Everything that is more than a keyword or a known phrase is unclear. */
  meaning: Meaning | 'choice' | 'unclear';
  /** Numbers of the question asked, from 1. */
  choice?: number[];
  /** `exact`: the word we or the carrier name. `phrase`: understood from ordinary language. */
  certainty?: 'exact' | 'phrase';
  /** A bare CANCEL opts out, and may have meant the visit (`scope.md` D5); with `more` it was said of the visit too. */
  alsoMaybe?: 'cancel-visit';
  /** More was said than this, and has to be read by a person: "Stop. You have my bill wrong." */
  more?: true;
  /** Of a yes: it says what it agrees to ("C", "I confirm"), and does not merely agree. */
  explicit?: true;
  /** Of a yes: it may mean no more than "all right" ("ok", a thumb), said to whatever was read last. */
  assent?: true;
  /** The days that name the visit it is about: "I can't come on Friday". Of confirm, cancel and reschedule. */
  days?: NamedDay[];
  /** Undefined when the words belong to no language in particular ("C", "STOP", a thumb). */
  language?: 'en' | 'es';
}

const UNCLEAR: Reply = { meaning: 'unclear' };

/**
 * What a patient's answer means, as far as a machine may say (`standards.md` §6.4). The whole message has to be made
 * of known words; one unknown word and a person reads it, for "stop" is also said of a bleeding and a medicine. Red
 * flags are looked for before and apart from this, on the full text.
 */
export function readReply(
  text: string,
  words: CompiledReplies,
  context: { openQuestion?: { options: number } } = {},
): Reply {
  const heard = hear(text);
  if (!heard) return stopOrUnclear(text, words);
  const reply = readChoice(heard, words, context.openQuestion?.options ?? 0) ?? readWords(heard, words);
  return reply ? { ...reply, ...detailsOf(reply, text, heard.words, words) } : stopOrUnclear(text, words);
}

function readWords(heard: Heard, words: CompiledReplies): Reply | undefined {
  const readings = words.languages.flatMap(language => readIn(heard, language, words.courtesy));
  const [first, ...others] = readings;
  if (!first || others.length === 0) return first;
  if (others.some(({ meaning }) => meaning !== first.meaning)) return UNCLEAR;
  const { language, ...neutral } = first;
  return neutral;
}

function stopOrUnclear(text: string, words: CompiledReplies): Reply {
  if (!stopsFirst(text, words)) return UNCLEAR;
  const alsoMaybe = alsoCancels(text, words) ? { alsoMaybe: 'cancel-visit' as const } : {};
  return { meaning: 'stop', certainty: 'phrase', more: true, ...alsoMaybe };
}

/** What else an answer about a visit says: how sure a yes it is, and which day it names. */
function detailsOf({ meaning }: Reply, text: string, heard: string, words: CompiledReplies): Partial<Reply> {
  if (meaning !== 'confirm' && meaning !== 'cancel' && meaning !== 'reschedule') return {};
  const days = namedDays(text, meaning === 'reschedule');
  return { ...(meaning === 'confirm' ? sureness(heard, words) : {}), ...(days.length > 0 ? { days } : {}) };
}

function sureness(heard: string, { courtesy, languages }: CompiledReplies): Pick<Reply, 'explicit' | 'assent'> {
  const spaced = heard.replace(/\bc(?=\d)/g, 'c ');
  if (languages.some(({ explicit }) => holds(spaced, explicit))) return { explicit: true };
  const isAssent = languages.some(({ assent, lead }) => covers(heard, assent, [...courtesy, ...lead]));
  return isAssent ? { assent: true } : {};
}

/** Every meaning the message can have in one language: two meanings are none. */
function readIn(heard: Heard, words: ReplyWords, courtesy: ReplyWords['lead']): Reply[] {
  const { language } = words;
  if (!heard.isQuestion) {
    if (covers(heard.words, words.stopOrCancel, courtesy))
      return [{ meaning: 'stop', certainty: 'exact', alsoMaybe: 'cancel-visit', language }];
    const exact = MEANINGS.find(meaning =>
      meaning === 'help'
        ? isBare(heard, words.exact.help ?? [])
        : covers(heard.words, words.exact[meaning] ?? [], courtesy),
    );
    if (exact) return [{ meaning: exact, certainty: 'exact', language }];
  }
  return MEANINGS.filter(meaning => {
    const asked = words.asked[meaning] ?? [];
    const said = heard.isQuestion ? [] : (words.phrases[meaning] ?? []);
    const lead = meaning === 'confirm' || meaning === 'start' ? words.lead : [...words.lead, ...words.leadNo];
    return covers(heard.words, [...asked, ...said], [...courtesy, ...lead]);
  }).map(meaning => ({ meaning, certainty: 'phrase', language }));
}

/** HELP is a word of the carriers. "Please help", "HELP!!!" is a person who needs one. */
const isBare = ({ words, isPlain }: Heard, meant: Phrase[]): boolean =>
  isPlain && covers(words.replace(/\| $/, ''), meant, []);

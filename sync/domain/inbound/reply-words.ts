import { z } from 'zod';
import { compilePhrase, type Phrase } from './phrases.ts';

export const MEANINGS = ['confirm', 'cancel', 'reschedule', 'stop', 'start', 'help', 'wrong-number', 'thanks'] as const;
export type Meaning = (typeof MEANINGS)[number];

/** A capital, an accent or an apostrophe is never heard (see `hear`), so such a phrase would silently never match. */
const phrase = z
  .string()
  .min(1)
  .refine(
    text =>
      text ===
      text
        .toLowerCase()
        .normalize('NFD')
        .replace(/[\p{M}'’]/gu, ''),
    {
      error: 'must be lower case, without accents and apostrophes',
    },
  )
  .refine(text => !/\([^)]*\(|^[^(]*\)|\([^)]*$/.test(text), { error: 'must close every bracket, and not nest them' });
const phrases = z.array(phrase);
const byNumber = z.record(z.string().regex(/^\d$/, { error: 'must be a number, in quotes' }), phrases);
const byMeaning = z.partialRecord(z.enum(MEANINGS), phrases);

/** `mappings/replies/<language>.yaml`: how people say the few things a machine may understand. Lower case, no accents. */
export const ReplyFile = z
  .strictObject({
    language: z.enum(['en', 'es']),
    slots: z.record(z.string(), phrases),
    /** Says nothing by itself, may stand around anything: "hi", "thank you", "please". */
    courtesy: phrases,
    /** May stand with a phrase, but never with a bare word: "yes", "ok". */
    lead: phrases,
    /** As `lead`, but never with a yes or START: "no, please cancel it", "sorry, something came up, I can't come". */
    leadNo: phrases,
    /** Means something only when it is the whole message, courtesy aside; `help` only without any. */
    exact: byMeaning,
    /** Words that carriers take as opt-out and patients as "cancel my visit" (`scope.md` D5). */
    stopOrCancel: phrases,
    /** The whole message is made of these, courtesy and lead. A question is never read as one of them. */
    phrases: byMeaning,
    /** As `phrases`, and also when asked as a question: "can we move it?" */
    asked: byMeaning,
    /** Forms of our own word for yes: with one of these a yes says what it agrees to. */
    explicit: phrases,
    /** A yes of these alone may mean no more than "all right", said to whatever was read last. */
    assent: phrases,
    /** As a first sentence these are an opt-out whatever follows: "Stop. You have the wrong idea." */
    stopFirst: phrases,
    /** As `stopFirst`, and also after an answer: "yes, stop", "C. Stop." */
    stopAlso: phrases,
    /** With one of these behind it `stopFirst` is an opt-out without a full stop too: "stop I already told you". */
    stopThen: phrases,
    /** A sentence that begins so is an opt-out whatever follows: it names the texts. */
    stopTexts: phrases,
    /** As `stopTexts`, unless `rather` is said: we do not call, and who wants no calls may want our texts. */
    stopCalls: phrases,
    rather: phrases,
    /** Not to be taken for `rather`: "don't text me". */
    ratherNot: phrases,
    /** Between or around the numbers of a choice: "number", "and", "the". */
    choiceWords: phrases,
    /** The number one where nothing else is said; beside another word perhaps a pronoun: "cancel one". */
    pronouns: phrases,
    /** Words that are numbers, by the number. */
    numbers: byNumber,
    /** "The second one", by the number. */
    ordinals: byNumber,
    /** Words that choose everything. */
    all: phrases,
    /** Words that choose everything where there are so many: "both". */
    counted: byNumber,
  })
  .superRefine(({ slots, ...lists }, context) => {
    const check = (value: unknown, path: (string | number)[], known: string[]): void => {
      if (typeof value === 'string') {
        const unknown = [...value.matchAll(/\{(\w+)\+?\}/g)].find(([, name = '']) => !known.includes(name));
        if (unknown) context.addIssue({ code: 'custom', path, message: `uses ${unknown[0]}, which is no slot here` });
      } else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value))
          check(inner, [...path, Array.isArray(value) ? Number(key) : key], known);
      }
    };
    check(lists, [], Object.keys(slots));
    check(slots, ['slots'], []);
  });
export type ReplyFile = z.infer<typeof ReplyFile>;

/** Phrases that all say one number. */
export interface NumberWords {
  number: number;
  phrases: Phrase[];
}

type ByMeaning = Partial<Record<Meaning, Phrase[]>>;
export interface ReplyWords {
  language: 'en' | 'es';
  lead: Phrase[];
  leadNo: Phrase[];
  exact: ByMeaning;
  stopOrCancel: Phrase[];
  phrases: ByMeaning;
  asked: ByMeaning;
  explicit: Phrase[];
  assent: Phrase[];
  stopFirst: Phrase[];
  stopAlso: Phrase[];
  stopThen: Phrase[];
  stopTexts: Phrase[];
  stopCalls: Phrase[];
  rather: Phrase[];
  ratherNot: Phrase[];
  choiceWords: Phrase[];
  pronouns: Phrase[];
  numbers: NumberWords[];
  ordinals: NumberWords[];
  all: Phrase[];
  counted: NumberWords[];
}

/** Courtesy belongs to all languages: "yes, gracias". */
export interface CompiledReplies {
  courtesy: Phrase[];
  languages: ReplyWords[];
}

export function compileReplies(files: readonly ReplyFile[]): CompiledReplies {
  const pause = compilePhrase('|/,', {});
  return {
    courtesy: [pause, ...files.flatMap(file => file.courtesy.map(phrase => compilePhrase(phrase, file.slots)))],
    languages: files.map(file => {
      const all = (list: string[]) => list.map(phrase => compilePhrase(phrase, file.slots));
      const each = (lists: Partial<Record<Meaning, string[]>>): ByMeaning =>
        Object.fromEntries(Object.entries(lists).map(([meaning, list]) => [meaning, all(list)]));
      const numbered = (lists: Record<string, string[]>): NumberWords[] =>
        Object.entries(lists).map(([number, list]) => ({ number: Number(number), phrases: all(list) }));
      return {
        language: file.language,
        lead: all(file.lead),
        leadNo: all(file.leadNo),
        exact: each(file.exact),
        stopOrCancel: all(file.stopOrCancel),
        phrases: each(file.phrases),
        asked: each(file.asked),
        explicit: all(file.explicit),
        assent: all(file.assent),
        stopFirst: all(file.stopFirst),
        stopAlso: all(file.stopAlso),
        stopThen: all(file.stopThen),
        stopTexts: all(file.stopTexts),
        stopCalls: all(file.stopCalls),
        rather: all(file.rather),
        ratherNot: all(file.ratherNot),
        choiceWords: all(file.choiceWords),
        pronouns: all(file.pronouns),
        numbers: numbered(file.numbers),
        ordinals: numbered(file.ordinals),
        all: all(file.all),
        counted: numbered(file.counted),
      };
    }),
  };
}

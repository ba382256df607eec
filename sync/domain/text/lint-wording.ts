import { readingGrade } from './reading-grade.ts';
import { BLANK } from './render.ts';
import { countSegments, plain } from './segments.ts';
import type { Language, Medium, Text } from './text.ts';

/** One wording of a text: what a person approves, in one language, for one medium. */
export interface Wording {
  /** e.g. `es.joined.sms`. */
  path: string;
  language: Language;
  medium: Medium;
  form: 'single' | 'joined';
  /** For e-mail the subject, a line feed, and the body. */
  template: string;
}

export interface TextFinding {
  code:
    | 'language-missing'
    | 'medium-missing'
    | 'undeclared-variable'
    | 'unused-variable'
    | 'no-call-to-action'
    | 'asks-for-keyword'
    | 'typographic-signs'
    | 'too-long'
    | 'too-many-segments'
    | 'dead-link'
    | 'hard-to-read'
    | 'no-opt-out'
    | 'forbidden-content';
  /** Empty for the text as a whole. */
  path: string;
  sentence: string;
}

export const finding = (code: TextFinding['code'], path: string, sentence: string): TextFinding => ({
  code,
  path,
  sentence,
});

/** What the unfilled words show by themselves. */
export const lintTemplate = (text: Text, wording: Wording): TextFinding[] => [
  ...callToAction(text, wording),
  ...optOut(text, wording),
  ...keywords(wording),
  ...links(wording),
  ...typography(wording),
  ...grade(wording),
];

const REPLY = '(?:reply|text|responda|conteste|escriba)(?: with| con)?';
const STEPS: Record<Exclude<Text['callToAction'], 'call'>, RegExp> = {
  'reply-c-or-r': new RegExp(`${REPLY} C\\b.*\\bR\\b`, 'is'),
  'reply-c': new RegExp(`${REPLY} C\\b`, 'i'),
  'reply-r': new RegExp(`${REPLY} R\\b`, 'i'),
  'reply-number': new RegExp(`${REPLY} (?:(?:the|el) n[uú]m(?:ber|ero)|[1-9])\\b`, 'i'),
  'reply-start': new RegExp(`${REPLY} START\\b`, 'i'),
};

/** E-mails are not answered by machines, so their step is always the telephone or the link of the visit. */
function callToAction(text: Text, { medium, template, path }: Wording): TextFinding[] {
  const calls = /\{\{(clinicPhone|telehealthLink)\}\}/.test(template);
  const found = medium === 'email' || text.callToAction === 'call' ? calls : STEPS[text.callToAction].test(template);
  return found ? [] : [finding('no-call-to-action', path, `The next step (${text.callToAction}) is not in the words.`)];
}

/**
 * What we say of our own accord says how to make us stop (`standards.md` §6.1). An answer is what somebody asked for,
 * and a notice needs its room for what has changed; STOP is heeded in answer to them as well.
 */
const WITHOUT_OPT_OUT: Text['purpose'][] = ['answer', 'opt-out-answer', 'notice'];

const optOut = ({ purpose }: Text, { medium, template, path }: Wording): TextFinding[] =>
  medium === 'sms' && !WITHOUT_OPT_OUT.includes(purpose) && !/\bSTOP\b/.test(template)
    ? [finding('no-opt-out', path, 'It does not say that STOP ends the texts.')]
    : [];

/** In capitals anywhere; in any case right after "reply". "Responda si puede" (if you can) is no such request. */
const SHOUTED = /\b(?:YES|CANCEL|CANCELAR|SI|END|QUIT|BAJA)\b|SÍ(?!\p{L})/u;
const ASKED = new RegExp(`${REPLY} ["']?(?:yes|cancel|cancelar|sí|si(?= para|["'.,])|end|quit)(?!\\p{L})`, 'iu');

/** Carriers take these words as opt-in and opt-out (`standards.md` §6.4, `scope.md` D5). */
const keywords = ({ template, path }: Wording): TextFinding[] =>
  SHOUTED.test(template) || ASKED.test(template)
    ? [finding('asks-for-keyword', path, 'Carriers take a word in it as opt-in or opt-out; ask for C, R or a digit.')]
    : [];

/** A link written into a text dies some day; only the link of this very visit may appear. */
const links = ({ template, path }: Wording): TextFinding[] =>
  /https?:|www\.|\b[a-z0-9-]+\.(?:com|org|net|io|ly|health)\b/i.test(template)
    ? [finding('dead-link', path, 'Only {{telehealthLink}} may hold a link.')]
    : [];

const typography = ({ medium, template, path }: Wording): TextFinding[] =>
  medium === 'sms' && plain(template) !== template
    ? [finding('typographic-signs', path, 'It holds curly quotes, long dashes or special spaces; type plain ones.')]
    : [];

const HIGHEST_GRADE = 6;

function grade({ language, template, path }: Wording): TextFinding[] {
  const found = language === 'en' ? readingGrade(template.replace(BLANK, 'it')) : 0;
  return found > HIGHEST_GRADE
    ? [finding('hard-to-read', path, `It reads at grade ${found.toFixed(1)}; aim at ${HIGHEST_GRADE}.`)]
    : [];
}

/** The health-care exemption allows no more, and longer texts are not read to their end (`standards.md` §6.1). */
const LONGEST_SMS = 160;
const MOST_SEGMENTS: Record<Language, number> = { en: 1, es: 2 };

/** A list of visits stands for several messages, so it may take one part more and pass the 160 characters; so may what
 *  says why it must. */
export function lintLength({ longBecause }: Text, { path, language, template }: Wording, sent: string): TextFinding[] {
  const mayBeLong = longBecause !== undefined || template.includes('{{visits}}');
  const { segments } = countSegments(sent);
  const most = MOST_SEGMENTS[language] + Number(mayBeLong);
  return [
    ...(sent.length > LONGEST_SMS && !mayBeLong
      ? [finding('too-long', path, `With long names it has ${sent.length} characters; ${LONGEST_SMS} are allowed.`)]
      : []),
    ...(segments > most
      ? [finding('too-many-segments', path, `With long names it is cut into ${segments} parts; at most ${most}.`)]
      : []),
  ];
}

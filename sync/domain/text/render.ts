import { plain } from './segments.ts';
import type { Language, Medium, Text, Variable, Variables } from './text.ts';

export const BLANK = /\{\{\s*([^{}]*?)\s*\}\}/g;

export type Rendered =
  | { ok: string; subject?: string }
  /** Names of the blanks nobody could fill: the message is held, never sent with a hole (`scope.md` RSP7). */
  | { blank: string[] }
  /** There are no approved words for this language and medium, or none for several visits at once. */
  | { missing: 'language' | 'medium' };

/** Fills an approved text. SMS comes out in typewriter signs, so that one curly quote does not triple its price. */
export function render(
  text: Text,
  language: Language,
  medium: Medium,
  variables: Variables,
  form: 'single' | 'joined' = 'single',
): Rendered {
  const words = form === 'joined' ? text[language]?.joined : text[language];
  if (!text[language]) return { missing: 'language' };
  if (medium === 'sms') {
    if (!words?.sms) return { missing: 'medium' };
    const body = fill(words.sms, text.variables, variables);
    return body.blank.length > 0 ? { blank: body.blank } : { ok: plain(body.filled) };
  }
  if (!words?.email) return { missing: 'medium' };
  const subject = fill(words.email.subject, text.variables, variables);
  const body = fill(words.email.body, text.variables, variables);
  const blank = [...new Set([...subject.blank, ...body.blank])];
  return blank.length > 0 ? { blank } : { ok: body.filled, subject: subject.filled };
}

/** One pass: what a value contains is never read as a blank again. A blank outside the declared list stays a blank. */
function fill(template: string, declared: readonly Variable[], variables: Variables) {
  const blank: string[] = [];
  const filled = template.replace(BLANK, (hole, name: string, offset: number) => {
    const known = declared.find(variable => variable === name);
    const value = known && variables[known]?.replace(/\s+/g, ' ').trim();
    if (!value) blank.push(name);
    // "10:30 a.m." at the end of a sentence needs no second full stop.
    return template[offset + hole.length] === '.' ? (value ?? '').replace(/\.$/, '') : (value ?? '');
  });
  return { filled: filled.trim(), blank: [...new Set(blank)] };
}

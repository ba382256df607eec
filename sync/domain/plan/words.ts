import type { Instant } from '../clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { Reason } from '../reasons.ts';
import { render } from '../text/render.ts';
import { isExpired } from '../text/review.ts';
import type { Language, Variables } from '../text/text.ts';
import { localDate } from '../time.ts';
import { blanksOf, occasionOf, spoken } from './blanks.ts';
import type { PlannedMessage } from './plan.ts';

export type Worded = { body: string; subject?: string } | { cannot: Reason };

/** The words of one message, or of several that leave as one. All share text, language and medium. */
export function wordsOf(messages: PlannedMessage[], policy: Policy, now: Instant, more: Variables = {}): Worded {
  const first = messages[0] as PlannedMessage;
  const text = policy.texts[first.text];
  if (!text) return { cannot: 'text-missing' };
  if (!text[first.language as Language]) return { cannot: 'language-missing' };
  if (isExpired(text, localDate(now, policy.clinic.zone))) return { cannot: 'text-expired' };
  const visits = messages.flatMap(message =>
    spoken(message).map(telling => `${message.patient} ${occasionOf(telling)}`),
  );
  const form = new Set(visits).size > 1 ? 'joined' : 'single';
  const variables = { ...blanksOf(messages, policy.clinic, now), ...more };
  const rendered = render(text, first.language as Language, first.medium, variables, form);
  if ('ok' in rendered) return { body: withLanguageLine(rendered.ok, messages, policy), subject: rendered.subject };
  if ('blank' in rendered) return { cannot: 'blank-unfilled' };
  return { cannot: 'text-missing' };
}

/** Who is written to in a language that is not theirs is told, too, how to have it explained (`standards.md` §9.2). */
function withLanguageLine(body: string, messages: PlannedMessage[], { clinic }: Policy): string {
  const line = messages.some(message => message.languageMissing) ? clinic.languageLine : undefined;
  return line ? `${body}${messages[0]?.medium === 'sms' ? ' ' : '\n\n'}${line}` : body;
}

import { addDays } from '../time.ts';
import type { Text } from './text.ts';

/** Silence would do more harm than old words: who wrote to us is answered, and nobody comes to a visit that is off. */
const NEVER_SILENCED: Text['purpose'][] = ['answer', 'opt-out-answer', 'notice'];

/** Past its review date, so that it may not be sent (`scope.md` RSP4). */
export const isExpired = (text: Text, today: string): boolean =>
  text.reviewBy < today && !NEVER_SILENCED.includes(text.purpose);

export interface ReviewFinding {
  text: string;
  code: 'expired' | 'overdue' | 'due-soon';
  sentence: string;
}

const DAYS_OF_WARNING = 30;

/** Texts to look through again, the most pressing first. Only `due-soon` is no more than a warning. */
export function reviewsDue(texts: readonly Text[], today: string): ReviewFinding[] {
  const due = texts.filter(({ reviewBy }) => reviewBy <= addDays(today, DAYS_OF_WARNING));
  return due
    .toSorted((a, b) => a.reviewBy.localeCompare(b.reviewBy) || a.id.localeCompare(b.id))
    .map(text => ({ text: text.id, ...stateOf(text, today) }));
}

function stateOf(text: Text, today: string): Omit<ReviewFinding, 'text'> {
  const { reviewBy } = text;
  if (isExpired(text, today))
    return {
      code: 'expired',
      sentence: `Its review was due on ${reviewBy}; it is not sent until it has been reviewed.`,
    };
  if (reviewBy < today)
    return {
      code: 'overdue',
      sentence: `Its review was due on ${reviewBy}; it is still sent, being an answer or a notice.`,
    };
  const then = NEVER_SILENCED.includes(text.purpose) ? '' : '; after that day it is not sent';
  return { code: 'due-soon', sentence: `Its review is due on ${reviewBy}${then}.` };
}

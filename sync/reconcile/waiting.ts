import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { pendingTogether } from '../store/find-messages.ts';
import type { MessageRow } from '../store/message-row.ts';

/** Messages of one rule, day and address that fall due within this time leave as one; news has to have settled first. */
const JOIN_WITHIN = 'PT12H';
const NEWS: MessageRow['purpose'][] = ['confirmation', 'notice'];

/** The message if it is due, and those that may leave with it. */
export async function waiting(sql: Sql, key: string, now: Instant): Promise<MessageRow[]> {
  const pending = await pendingTogether(sql, key);
  const row = pending.find(one => one.key === key && one.dueAt <= now);
  if (!row) return [];
  const until = NEWS.includes(row.purpose) ? now : plus(now, JOIN_WITHIN);
  return [row, ...pending.filter(other => other !== row && other.dueAt <= until && alike(row, other))];
}

/** What the words of a joined text assume: one text, one language, one reader. */
const alike = (a: MessageRow, b: MessageRow) =>
  a.text === b.text && a.language === b.language && a.medium === b.medium && a.address === b.address;

/**
 * Whom and what these messages are about, and who reads them: a guardian's right may have ended. A receipt, or the
 * answer to STOP, names no visit: it is about nobody, and needs neither EHR nor plan (law 4).
 */
export const subjectsOf = (rows: MessageRow[]): Set<Reference> =>
  new Set(
    rows
      .filter(({ purpose, tells }) => purpose !== 'answer' || tells.length > 0)
      .flatMap(({ patient, recipient, tells }) => [patient, recipient, ...tells.map(telling => telling.appointment)])
      .filter(reference => /^(Patient|RelatedPerson|Appointment)\//.test(reference)),
  );

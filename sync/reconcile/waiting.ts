import type { Instant } from '../domain/clock.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { joinable, messagesByKey } from '../store/find-messages.ts';
import type { MessageRow } from '../store/message-row.ts';

/** Messages of one rule, day and address that fall due within this time leave as one; news has to have settled first. */
const JOIN_WITHIN = 'PT12H';
const NEWS: MessageRow['purpose'][] = ['confirmation', 'notice'];

/** The message if it is due, and those that may leave with it. */
export async function waiting(sql: Sql, key: string, now: Instant): Promise<MessageRow[]> {
  const row = (await messagesByKey(sql, [key])).find(one => one.state === 'planned' && one.dueAt <= now);
  if (!row) return [];
  if (!row.joinKey) return [row];
  const until = NEWS.includes(row.purpose) ? now : plus(now, JOIN_WITHIN);
  const others = await joinable(sql, row.joinKey, until);
  return [row, ...others.filter(other => other.key !== key && alike(row, other))];
}

/** What the words of a joined text assume: one text, one language, one reader. */
const alike = (a: MessageRow, b: MessageRow) =>
  a.text === b.text && a.language === b.language && a.medium === b.medium && a.address === b.address;

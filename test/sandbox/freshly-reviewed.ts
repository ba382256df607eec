import type { Instant } from '../../sync/domain/clock.ts';
import { localDate } from '../../sync/domain/time.ts';
import type { LoadedPolicy } from '../../sync/policy/load-policy.ts';

/**
 * Nobody reviews the texts of a practice that does not exist, and in a clone made years from now its reminders would
 * not be sent. So where a review is overdue on the day the demonstration starts, no text has a day of review; a day
 * reckoned from today would be another version of the rules at every start.
 */
export function freshlyReviewed({ policy, version }: LoadedPolicy, now: Instant): LoadedPolicy {
  const texts = Object.values(policy.texts);
  const today = localDate(now, policy.clinic.zone);
  if (texts.every(text => text.reviewBy >= today)) return { policy, version };
  const reviewed = texts.map(text => [text.id, { ...text, reviewBy: '9999-12-31' }]);
  return { policy: { ...policy, texts: Object.fromEntries(reviewed) }, version: `${version}-reviewed` };
}

import type { Instant } from '../clock.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Reason } from '../reasons.ts';
import { maySendAt, nextSendingTime } from '../sending-hours.ts';
import { addDays, atLocal, localDate, plusMs } from '../time.ts';
import type { PlannedMessage } from './plan.ts';

export type Verdict =
  | { verdict: 'send' }
  | { verdict: 'hold'; until: Instant; reason: Reason }
  | { verdict: 'drop'; reason: Reason };

const DAY = 86_400_000;

/**
 * The last look at the clock (law 4). Truth, recipient, consent and opt-out have just been planned anew; what is left
 * is whether this is the hour, and whether it is one message too many. `sent`: when automatic messages left for the
 * address before, oldest first. Answers skip both; notices skip the caps.
 */
export function permit(message: PlannedMessage, sent: Instant[], clinic: Clinic, now: Instant): Verdict {
  if (message.sendBefore <= now) return { verdict: 'drop', reason: 'too-late' };
  if (message.purpose === 'answer') return { verdict: 'send' };
  const wait =
    quiet(message, clinic, now) ?? (message.purpose === 'notice' ? undefined : capped(message, sent, clinic, now));
  if (!wait) return { verdict: 'send' };
  const { until, reason } = wait;
  return until !== undefined && until < message.sendBefore
    ? { verdict: 'hold', until, reason }
    : { verdict: 'drop', reason };
}

type Wait = { until: Instant | undefined; reason: Reason };

function quiet({ zones }: PlannedMessage, { sendingHours }: Clinic, now: Instant): Wait | undefined {
  if (maySendAt(now, zones, sendingHours)) return undefined;
  return { until: nextSendingTime(now, zones, sendingHours), reason: 'quiet-hours' };
}

/** Both ways of counting a day: the last 24 hours, and the calendar day of the reader (`standards.md` §6.1, unsure). */
function capped({ zones }: PlannedMessage, sent: Instant[], clinic: Clinic, now: Instant): Wait | undefined {
  const { perDay, perWeek } = clinic.caps;
  const zone = zones[0] ?? clinic.zone;
  const lastDay = sent.filter(at => at > plusMs(now, -DAY));
  const today = sent.filter(at => localDate(at, zone) === localDate(now, zone));
  const week = sent.filter(at => at > plusMs(now, -7 * DAY));
  const free: Instant[] = [];
  if (lastDay.length >= perDay) free.push(plusMs(lastDay[lastDay.length - perDay] as Instant, DAY));
  if (today.length >= perDay) free.push(atLocal(addDays(localDate(now, zone), 1), '00:00', zone));
  if (week.length >= perWeek) free.push(plusMs(week[week.length - perWeek] as Instant, 7 * DAY));
  const last = free.sort().at(-1);
  if (!last) return undefined;
  const reason = week.length >= perWeek ? 'weekly-cap' : 'daily-cap';
  return { until: nextSendingTime(last, zones, clinic.sendingHours), reason };
}

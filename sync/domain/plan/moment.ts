import type { Instant } from '../clock.ts';
import type { Clinic } from '../policy/clinic.ts';
import type { Step } from '../policy/rule.ts';
import { nextSendingTime, previousSendingTime } from '../sending-hours.ts';
import { addDays, atLocal, durationMs, earliest, localDate, minus, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';

export interface Moment {
  sendAt: Instant;
  /** Not after `sendAt` when no permitted hour is early enough. */
  sendBefore: Instant;
}

/** "N hours" is elapsed time; "N days at 10:00" is the wall clock at the place of the visit (`scope.md` C4). */
export function idealTime(when: Step['when'], at: Instant, zone: string): Instant {
  if ('before' in when) return minus(at, when.before);
  if ('after' in when) return plus(at, when.after);
  const days = 'daysBefore' in when ? -when.daysBefore : when.daysAfter;
  return atLocal(addDays(localDate(at, zone), days), when.at, zone);
}

/**
 * When the message may leave and until when it is worth sending. Counted back from a visit, a night hour becomes the
 * evening before, never the morning after; everything else waits for the morning (`scope.md` REM10, C1).
 */
export function momentOf(step: Step, anchor: Anchor, zone: string, zones: string[], clinic: Clinic): Moment {
  const ideal = idealTime(step.when, anchor.at, zone);
  const backwards = 'before' in step.when || 'daysBefore' in step.when;
  const shift = backwards ? previousSendingTime : nextSendingTime;
  const sendAt = shift(ideal, zones, clinic.sendingHours);
  // Zones that share no civil hour within a week: there is no moment at all.
  if (sendAt === undefined) return { sendAt: ideal, sendBefore: ideal };
  const worthUntil = plus(backwards ? ideal : sendAt, step.useFor ?? 'PT0S');
  const latestLead = anchor.notAfter && minus(anchor.notAfter, clinic.leastLead);
  return { sendAt, sendBefore: earliest(worthUntil, latestLead) ?? worthUntil };
}

export const elapsed = (from: Instant, to: Instant): number => Date.parse(to) - Date.parse(from);

export const within = (from: Instant, to: Instant, duration: string): boolean =>
  elapsed(from, to) < durationMs(duration);

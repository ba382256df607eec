import type { Instant } from '../clock.ts';
import type { CommunicationFact } from '../facts/communication.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { latest } from '../time.ts';
import type { Visit } from './context.ts';
import { identifierValue } from './key.ts';
import type { Occasion } from './message.ts';
import { type Moment, within } from './moment.ts';
import type { PlannedMessage } from './plan.ts';
import { states } from './told.ts';

/** Why a message need not be said at all. */
export const needless = (occasion: Occasion, ideal: Moment): Reason | undefined =>
  saidInChart(occasion) ?? notEnrolled(occasion, ideal) ?? repeats(occasion, ideal);

const HAS_LEFT: CommunicationFact['status'][] = ['in-progress', 'completed', 'unknown'];

/**
 * The chart has it from us, and we know nothing of it: our database was put back to an older state since. What was told
 * before the record last changed was about another hour or place, under the same key: it counts for nothing.
 */
function saidInChart({ rule, key, anchor, context: { facts } }: Occasion): Reason | undefined {
  const row = facts.messages.find(message => message.key === key);
  if (row && row.state !== 'planned' && row.state !== 'withdrawn') return undefined;
  const ours = facts.communications.filter(({ message, status }) => message && HAS_LEFT.includes(status));
  if (ours.length === 0) return undefined;
  const value = identifierValue(key);
  const since = NEWS.includes(rule.trigger) ? latest(...anchor.visits.flatMap(changesOf)) : undefined;
  const isSaid = ours.some(
    ({ message, sent }) => message === value && (!since || (sent !== undefined && sent >= since)),
  );
  return isSaid ? 'already-told' : undefined;
}

const NEWS: Rule['trigger'][] = ['visit-booked', 'visit-changed'];
const changesOf = ({ mirrored, movedTo }: Visit) => [
  mirrored.changedAt,
  ...(movedTo ? [movedTo.mirrored.changedAt] : []),
];

/** What was already due when the first import brought the visit is history: an import is silent (law 5, K6). */
function notEnrolled({ rule, anchor }: Occasion, { sendAt }: Moment): Reason | undefined {
  const wasDue = ({ mirrored: { firstSeen } }: Visit) =>
    firstSeen.imported && sendAt <= (firstSeen.seenAt ?? firstSeen.at);
  return rule.trigger === 'visit-upcoming' && anchor.visits.every(wasDue) ? 'not-enrolled' : undefined;
}

/**
 * A reminder that would only repeat what was said a few hours before it is due, or since, or is about to be said.
 * Counted from when it is due, not from now: otherwise it would be sent after all once enough time had passed.
 */
function repeats({ rule, anchor, context, plan }: Occasion, { sendAt }: Moment): Reason | undefined {
  // A checklist says other things than a confirmation does, and it does not say the hour.
  if (rule.trigger !== 'visit-upcoming' || rule.purpose !== 'reminder') return undefined;
  const recent = (at: Instant) => within(at, sendAt, context.policy.clinic.toldRecently);
  const repeated = anchor.visits.every(
    ({ reference, mirrored, said }) =>
      said.some(
        ({ message, state: { live, start }, at }) =>
          states(message) && message.rule !== rule.id && live && start === mirrored.fact.start && recent(at),
      ) || plan.messages.some(m => tellsNews(m) && m.tells.some(t => t.appointment === reference) && recent(m.sendAt)),
  );
  return repeated ? 'told-recently' : undefined;
}

export const tellsNews = ({ purpose }: Pick<PlannedMessage, 'purpose'>) =>
  purpose === 'confirmation' || purpose === 'notice';

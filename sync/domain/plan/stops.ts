import type { Instant } from '../clock.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { earliest, latest, minus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import { asksForAnotherTime, isConfirmed } from './predicates.ts';
import { isFuture } from './visit.ts';

type Stop = Rule['stop'][number];

const STOP_REASONS: Record<Stop, Reason> = {
  'visit-cancelled': 'visit-cancelled',
  'visit-moved': 'visit-moved',
  'visit-started': 'visit-past',
  confirmed: 'confirmed-already',
  answered: 'answered-already',
  rebooked: 'rebooked',
  'reschedule-requested': 'reschedule-open',
  'told-by-other-sender': 'told-by-other-sender',
};

/** The reason a chain has ended for this occasion, or undefined while it goes on. */
export function stopped(rule: Rule, anchor: Anchor, context: Context): Reason | undefined {
  const stop = rule.stop.find(one => anchor.visits.every(visit => STOPPED[one](visit, anchor, context)));
  return stop && STOP_REASONS[stop];
}

const STOPPED: Record<Stop, (visit: Visit, anchor: Anchor, context: Context) => boolean> = {
  'visit-cancelled': visit => visit.phase === 'off',
  'visit-moved': (visit, anchor) =>
    visit.phase === 'booked' && startOf(anchor) !== undefined && visit.mirrored.fact.start !== startOf(anchor),
  'visit-started': (visit, _, { now }) => visit.phase === 'happened' || !isFuture(visit.mirrored.fact.start, now),
  confirmed: (visit, _, context) => isConfirmed(visit, context),
  answered: (_, { since }, { facts }) => since !== undefined && facts.heardAt.some(at => at >= since),
  rebooked: (visit, anchor, context) => isRebooked(visit, anchor, context),
  'reschedule-requested': (visit, _, context) => asksForAnotherTime(visit, context),
  'told-by-other-sender': (visit, anchor, context) => toldByOthers(visit, anchor, context),
};

/** The start that the anchor's key names, for occasions that are bound to one. */
const startOf = ({ id }: Anchor) => id.match(/\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)?.[0];

/**
 * Another visit was booked since this one was lost, or was kept since. One that had stood in the book all along makes
 * good for nothing: the visit that was lost is still owed.
 */
function isRebooked(visit: Visit, { since }: Anchor, { visits, now, policy }: Context): boolean {
  const { start } = visit.mirrored.fact;
  const recorded = since ?? now;
  // A no-show is often recorded hours after the patient has called; and some book the new visit first, then cancel.
  const lostAt =
    visit.phase === 'off' ? minus(recorded, policy.clinic.settling.pairing) : (earliest(recorded, start) as Instant);
  return visits.some(other => {
    const { fact, firstSeen } = other.mirrored;
    if (other === visit || !isFuture(fact.start, recorded)) return false;
    if (other.phase === 'happened') return fact.status !== 'noshow';
    return other.phase === 'booked' && (fact.created ?? firstSeen.at) >= lostAt;
  });
}

export const OTHERS_COUNT_FOR = 'PT48H';

/**
 * The EHR, another vendor or a person has already spoken to the patient about this visit (`scope.md` A9, I10). What
 * they said before the record last changed was about another hour or place, and counts for nothing.
 */
function toldByOthers({ mirrored, reference }: Visit, anchor: Anchor, { facts, now }: Context): boolean {
  const from = latest(minus(anchor.since ?? now, OTHERS_COUNT_FOR), mirrored.changedAt) as Instant;
  return facts.communications.some(
    one =>
      !one.ours &&
      !one.fromPatient &&
      ['completed', 'in-progress'].includes(one.status) &&
      one.about.includes(reference) &&
      one.sent !== undefined &&
      one.sent >= from,
  );
}

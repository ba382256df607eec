import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { durationMs } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import { asksForAnotherTime, hasOtherFutureVisit, isConfirmed } from './predicates.ts';
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
  rebooked: (visit, _, context) => hasOtherFutureVisit(visit, context),
  'reschedule-requested': (visit, _, context) => asksForAnotherTime(visit, context),
  'told-by-other-sender': (visit, anchor, context) => toldByOthers(visit, anchor, context),
};

/** The start that the anchor's key names, for occasions that are bound to one. */
const startOf = ({ id }: Anchor) => id.match(/\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)?.[0];

const OTHERS_COUNT_FOR = 'PT48H';

/** The EHR, another vendor or a person has already spoken to the patient about this visit (`scope.md` A9, I10). */
function toldByOthers(visit: Visit, anchor: Anchor, { facts, now }: Context): boolean {
  const from = new Date(Date.parse(anchor.since ?? now) - durationMs(OTHERS_COUNT_FOR)).toISOString();
  return facts.communications.some(
    one =>
      !one.ours &&
      !one.fromPatient &&
      ['completed', 'in-progress'].includes(one.status) &&
      one.about.includes(visit.reference) &&
      one.sent !== undefined &&
      one.sent >= from,
  );
}

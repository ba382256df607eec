import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { Policy } from '../policy/policy.ts';
import { durationMs, earliest, plusMs } from '../time.ts';
import type { MirroredAppointment, PatientFacts } from './facts.ts';
import { type Told, toldAbout } from './told.ts';
import { changeBetween, isFuture, type Phase, phaseFor, stateFor } from './visit.ts';

/** One visit seen from one patient, with what follows from it; computed once per plan. */
export interface Visit {
  mirrored: MirroredAppointment;
  reference: Reference;
  phase: Phase;
  told?: Told;
  /** The new booking that, together with this cancellation, is one move. */
  movedTo?: Visit;
  /** The cancelled visit that this booking replaces. */
  movedFrom?: Visit;
}

export interface Context {
  facts: PatientFacts;
  policy: Policy;
  now: Instant;
  visits: Visit[];
}

export function contextOf(facts: PatientFacts, policy: Policy, now: Instant): Context {
  const visits = facts.appointments.map((mirrored): Visit => {
    const told = toldAbout(mirrored, facts, confirmBy(mirrored, policy), now);
    return { mirrored, reference: mirrored.fact.reference, phase: phaseFor(facts.reference, mirrored), told };
  });
  pairMoves(visits, policy, now);
  return { facts, policy, now, visits };
}

/** Until then our own confirmation may still be the first thing the patient hears about a booking. */
export function confirmBy({ firstSeen }: MirroredAppointment, { rules, clinic }: Policy): Instant {
  const confirmation = rules.find(rule => rule.trigger === 'visit-booked' && rule.active);
  if (!confirmation) return firstSeen.at;
  const useFor = confirmation.steps[0]?.useFor ?? 'P1D';
  return plusMs(firstSeen.at, durationMs(useFor) + durationMs(clinic.settling.booking));
}

/** EHRs also move a visit by cancelling it and booking another (`scope.md` B2). Close in time, and the same
 *  clinician or kind of visit: one move, told once. A visit is used for one move at the most. */
function pairMoves(visits: Visit[], policy: Policy, now: Instant): void {
  const within = durationMs(policy.clinic.settling.pairing);
  const replaced = visits.filter(v => v.phase === 'off' && v.told?.state.live && isFuture(v.told.state.start, now));
  const fresh = visits.filter(v => v.phase === 'booked' && !v.told);
  for (const old of replaced.sort(byChange)) {
    const replacement = fresh
      .filter(candidate => !candidate.movedFrom && belongTogether(old, candidate, within))
      .sort(byChange)[0];
    if (!replacement) continue;
    old.movedTo = replacement;
    replacement.movedFrom = old;
  }
}

const byChange = (a: Visit, b: Visit) =>
  a.mirrored.changedAt.localeCompare(b.mirrored.changedAt) || a.reference.localeCompare(b.reference);

function belongTogether(old: Visit, fresh: Visit, withinMs: number): boolean {
  const apart = Math.abs(Date.parse(old.mirrored.changedAt) - Date.parse(fresh.mirrored.firstSeen.at));
  const [a, b] = [old.mirrored.fact, fresh.mirrored.fact];
  const alike = shares(a.practitioners, b.practitioners) || shares(a.visitTypes, b.visitTypes);
  return apart <= withinMs && alike && a.confidential === b.confidential;
}

const shares = (a: string[], b: string[]) => a.some(one => b.includes(one));

/** What is no longer as the patient was told about this visit. Only where the record is certain either way. */
export function changeOf(visit: Visit, patient: Reference) {
  if (!visit.told || visit.phase === 'requested' || visit.phase === 'happened') return undefined;
  return changeBetween(visit.told.state, stateFor(patient, visit.mirrored), visit.mirrored.fact.cancelReason);
}

/** Settling: staff correct themselves; only what has stood for a while is told (`scope.md` B3, B7). */
export function settlesAt(visit: Visit, kind: 'booking' | 'change', { policy, now, facts }: Context): Instant {
  const { settling } = policy.clinic;
  const next = earliest(stateFor(facts.reference, visit.mirrored).start, visit.told?.state.start);
  const near = isFuture(next, now) && Date.parse(next) - Date.parse(now) < durationMs(settling.near);
  return plusMs(visit.mirrored.changedAt, durationMs(near ? settling.nearVisit : settling[kind]));
}

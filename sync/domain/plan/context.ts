import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { Policy } from '../policy/policy.ts';
import type { Reason } from '../reasons.ts';
import { byText, durationMs, earliest, plusMs } from '../time.ts';
import type { MessageFact, MirroredAppointment, PatientFacts } from './facts.ts';
import { chainOf } from './key.ts';
import { neverWrite, type Route, routeTo } from './route.ts';
import { type Said, type Told, tellingsBy, toldAbout } from './told.ts';
import { changeBetween, isFuture, type Phase, phaseFor, stateFor } from './visit.ts';

/** One visit seen from one patient, with what follows from it; computed once per plan. */
export interface Visit {
  mirrored: MirroredAppointment;
  reference: Reference;
  phase: Phase;
  /** Our messages that told it, oldest first. */
  said: Said[];
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
  /** Nobody of this record is written to or called. */
  never?: Reason;
  /** Our messages by the occasion they spoke for. */
  chains: Map<string, MessageFact[]>;
  /** Who would be told, how and where. */
  route: (confidential: boolean) => Route;
}

export function contextOf(facts: PatientFacts, policy: Policy, now: Instant): Context {
  const tellings = tellingsBy(facts, policy);
  const visits = facts.appointments.map((mirrored): Visit => {
    const { reference } = mirrored.fact;
    const said = tellings.get(reference) ?? [];
    const told = toldAbout(mirrored, said, facts, policy, now);
    return { mirrored, reference, phase: phaseOf(facts.reference, mirrored, told), said, told };
  });
  pairMoves(visits, policy, now);
  return {
    facts,
    policy,
    now,
    visits,
    never: neverWrite(facts),
    chains: Map.groupBy(facts.messages, chainOf),
    route: once(confidential => routeTo(facts, policy, now, confidential)),
  };
}

/**
 * What they know to be by video and is now of a kind that nobody has mapped, as after a change of the EHR's codes, may be
 * so still: nothing is said about it until a person has looked.
 */
function phaseOf(patient: Reference, mirrored: MirroredAppointment, told: Told | undefined): Phase {
  const phase = phaseFor(patient, mirrored);
  return phase === 'booked' && told && isKindUnsure(told, mirrored) ? 'requested' : phase;
}

export const isKindUnsure = ({ state }: Told, { fact }: MirroredAppointment): boolean =>
  state.live && state.telehealth && !fact.telehealth && fact.categoryUnknown;

/** The same answer for every message of one plan, asked for dozens of times. */
function once<Answer>(ask: (yes: boolean) => Answer): (yes: boolean) => Answer {
  const known = new Map<boolean, Answer>();
  return yes => {
    const answer = known.get(yes) ?? ask(yes);
    known.set(yes, answer);
    return answer;
  };
}

/** EHRs also move a visit by cancelling it and booking another (`scope.md` B2). Close in time, and the same
 *  clinician, kind of visit or hour: one move, told once. A visit is used for one move at the most. What has begun before
 *  anybody was told of it moves nobody: the old visit then counts as cancelled. */
function pairMoves(visits: Visit[], policy: Policy, now: Instant): void {
  const within = durationMs(policy.clinic.settling.pairing);
  const replaced = visits.filter(v => v.phase === 'off' && v.told?.state.live && isFuture(v.told.state.start, now));
  const fresh = visits.filter(
    ({ phase, told, mirrored: { fact, firstSeen } }) =>
      phase === 'booked' && told?.by !== 'us' && !firstSeen.imported && isFuture(fact.start, now),
  );
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
  byText(a.mirrored.changedAt, b.mirrored.changedAt) || byText(a.reference, b.reference);

function belongTogether(old: Visit, fresh: Visit, withinMs: number): boolean {
  const apart = Math.abs(Date.parse(old.mirrored.changedAt) - Date.parse(fresh.mirrored.firstSeen.at));
  const [a, b] = [old.mirrored.fact, fresh.mirrored.fact];
  const alike =
    a.start === b.start ||
    shares(a.practitioners, b.practitioners) ||
    shares(kindsOf(a.visitTypes), kindsOf(b.visitTypes));
  return apart <= withinMs && alike && a.confidential === b.confidential;
}

const shares = (a: string[], b: string[]) => a.some(one => b.includes(one));

/** "Routine" and "follow-up" fit any two visits and prove nothing. */
const kindsOf = (types: string[]) =>
  types.filter(type => !type.startsWith('http://terminology.hl7.org/CodeSystem/v2-0276|'));

/** What is no longer as the patient was told about this visit. Only where the record is certain either way. */
export function changeOf(visit: Visit, patient: Reference) {
  if (!visit.told || visit.phase === 'requested' || visit.phase === 'happened') return undefined;
  return changeBetween(visit.told.state, stateFor(patient, visit.mirrored), visit.mirrored.fact);
}

/**
 * Settling: staff correct themselves; only what has stood for a while is told (`scope.md` B3, B7). Whether the visit
 * is near is asked of the moment of the change, so that time alone never moves the answer.
 */
export function settlesAt(visit: Visit, kind: 'booking' | 'change', { policy }: Context): Instant {
  const { settling } = policy.clinic;
  const { changedAt, fact } = visit.mirrored;
  const next = earliest(...[fact.start, visit.told?.state.start].filter(start => isFuture(start, changedAt)));
  const near = next !== undefined && Date.parse(next) - Date.parse(changedAt) < durationMs(settling.near);
  return plusMs(changedAt, durationMs(near ? settling.nearVisit : settling[kind]));
}

import type { Predicates, Rule } from '../policy/rule.ts';
import { ageOn, byText, durationMs, latest, localDate } from '../time.ts';
import type { Context, Visit } from './context.ts';
import type { ReplyFact } from './facts.ts';
import { hasReached } from './told.ts';
import { isFuture } from './visit.ts';

/**
 * Does every condition hold for this visit? A fact that is unknown makes its condition fail. `chain` is the occasion
 * that asks: its own messages do not count as contact, or a chain would end itself by speaking.
 */
export function holds(conditions: Predicates | undefined, visit: Visit, context: Context, chain = ''): boolean {
  return Object.entries(conditions ?? {}).every(([name, wanted]) => {
    if (wanted === undefined) return true;
    const test = TESTS[name as keyof Predicates] as Test<unknown>;
    return test(wanted, visit, context, chain);
  });
}

type Test<Wanted> = (wanted: Wanted, visit: Visit, context: Context, chain: string) => boolean;
type Tests = { [Name in keyof Predicates]-?: Test<NonNullable<Predicates[Name]>> };

const TESTS: Tests = {
  status: (wanted, { mirrored }) => (wanted as string[]).includes(mirrored.fact.status),
  visitTypes: (wanted, { mirrored }) => meets(wanted, mirrored.fact.visitTypes),
  practitioners: (wanted, { mirrored }) => meets(wanted, mirrored.fact.practitioners),
  locations: (wanted, { mirrored }) => meets(wanted, mirrored.fact.locations),
  patientTags: (wanted, _, { facts }) => meets(wanted, facts.patient?.tags ?? []),
  newPatient: (wanted, visit, context) => isNewPatient(visit, context) === wanted,
  telehealth: (wanted, { mirrored }) => mirrored.fact.telehealth === wanted,
  confirmed: (wanted, visit, context) => isConfirmed(visit, context) === wanted,
  futureVisit: (wanted, visit, context) => hasOtherFutureVisit(visit, context) === wanted,
  age: ({ from, until }, visit, { facts, policy, now }) => {
    const age = ageOn(facts.patient?.birthDate, localDate(visit.mirrored.fact.start ?? now, policy.clinic.zone));
    return age !== undefined && age >= (from ?? 0) && age <= (until ?? 200);
  },
  lastContactOlderThan: (wanted, _, { facts, now }, chain) => {
    const others = facts.messages.filter(message => hasReached(message) && !message.key.startsWith(`${chain}#`));
    const last = latest(...facts.heardAt, ...others.map(message => message.sentAt));
    return last === undefined || Date.parse(now) - Date.parse(last) > durationMs(wanted);
  },
  bookedAhead: ({ atLeast, lessThan }, { mirrored }) => {
    const booked = mirrored.fact.created ?? mirrored.firstSeen.at;
    if (!mirrored.fact.start) return false;
    const ahead = Date.parse(mirrored.fact.start) - Date.parse(booked);
    return (!atLeast || ahead >= durationMs(atLeast)) && (!lessThan || ahead < durationMs(lessThan));
  },
};

const meets = (wanted: string[], found: string[]) => wanted.some(one => found.includes(one));

/**
 * The patient's last word for exactly this start or, without one, their acceptance in the EHR. That outlives a move:
 * of a patient who has confirmed another hour of this visit to us it is our own record of just that.
 */
export function isConfirmed(visit: Visit, context: Context): boolean {
  const last = lastReply(visit, context);
  if (last) return last.meaning === 'confirm';
  const { facts } = context;
  const { patients, reference } = visit.mirrored.fact;
  const accepted = patients.find(p => p.reference === facts.reference)?.status === 'accepted';
  return accepted && !facts.replies.some(r => r.meaning === 'confirm' && r.appointment === reference);
}

export function asksForAnotherTime(visit: Visit, context: Context): boolean {
  const meaning = lastReply(visit, context)?.meaning;
  return meaning === 'reschedule' || meaning === 'cancel';
}

/** "I can't make it", and an hour later "I will be there": the last word counts. */
const lastReply = ({ mirrored: { fact } }: Visit, { facts }: Context): ReplyFact | undefined =>
  facts.replies
    .filter(reply => reply.appointment === fact.reference && reply.start === fact.start)
    .toSorted((a, b) => byText(a.at, b.at))
    .at(-1);

const FOLLOW_UP = 'http://terminology.hl7.org/CodeSystem/v2-0276|FOLLOWUP';

/** No earlier visit of this patient took place, as far as our mirror reaches back; nor does this one follow one up. */
function isNewPatient(visit: Visit, { visits }: Context): boolean {
  if (visit.mirrored.fact.visitTypes.includes(FOLLOW_UP)) return false;
  const start = visit.mirrored.fact.start ?? '9999';
  return !visits.some(
    other =>
      other !== visit &&
      other.phase === 'happened' &&
      other.mirrored.fact.status !== 'noshow' &&
      (other.mirrored.fact.start ?? '9999') < start,
  );
}

export const hasOtherFutureVisit = (visit: Visit, { visits, now }: Context): boolean =>
  visits.some(other => other !== visit && other.phase === 'booked' && isFuture(other.mirrored.fact.start, now));

/** A pilot narrows a rule; outside it the rule does not exist. `share` is stable: a patient stays in or out. */
export function inPilot({ pilot, trigger }: Rule, visit: Visit, { facts }: Context): boolean {
  if (!pilot) return true;
  // Whoever is told of a visit inside it is told when that moves out.
  const told = trigger === 'visit-changed' ? visit.told?.state : undefined;
  const locations = [...visit.mirrored.fact.locations, told?.location ?? []].flat();
  const practitioners = [...visit.mirrored.fact.practitioners, told?.practitioner ?? []].flat();
  if (pilot.locations && !meets(pilot.locations, locations)) return false;
  if (pilot.practitioners && !meets(pilot.practitioners, practitioners)) return false;
  return pilot.share === undefined || stableShare(facts.reference) < pilot.share;
}

/** FNV-1a folded to 0…1: evenly spread and the same on every machine. */
function stableShare(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}

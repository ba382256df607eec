import type { Instant } from '../clock.ts';
import type { Clinic } from '../policy/clinic.ts';
import { visitWords } from '../text/visit-words.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import { stateFor, zoneOf } from './visit.ts';

/** Fills a Task's sentence. Staff read it inside the chart, so it may name the patient and the visit. */
export function taskWords(says: string, { visits, change }: Anchor, context: Context): string {
  const visit = visits[0];
  const words: Record<string, string> = {
    firstName: context.facts.patient?.firstName ?? 'the patient',
    visit: visit ? when(startOf(visit), visit, context) : 'an unknown day',
    change: visit && change ? changeWords(visit, context) : 'the visit has changed',
  };
  return says.replace(/\{\{(\w+)\}\}/g, (_, blank: string) => words[blank] ?? '');
}

/** What is off is named by the hour the patient knows it by. */
const startOf = ({ phase, told, mirrored }: Visit) =>
  (phase === 'off' ? told?.state.start : undefined) ?? mirrored.fact.start;

function changeWords(visit: Visit, context: Context): string {
  const before = visit.told?.state.start;
  const next = visit.movedTo ?? visit;
  const now = stateFor(context.facts.reference, next.mirrored);
  if (!now.live) return `the visit on ${when(before, visit, context)} is cancelled`;
  if (before !== now.start)
    return `the visit on ${when(before, visit, context)} is now on ${when(now.start, next, context)}`;
  return `the visit on ${when(now.start, next, context)} has changed (${visit.told?.state.live ? 'place, clinician, video or its link' : 'it is on again'})`;
}

function when(start: Instant | undefined, visit: Visit, { facts, policy, now }: Context): string {
  if (!start) return 'a day not yet set';
  return hourForStaff(start, zoneOf(stateFor(facts.reference, visit.mirrored), policy.clinic), policy.clinic, now);
}

/** "Wed, Dec 2, 10:30 AM", as patients are told it; with the zone where those who read it may sit in another. */
export function hourForStaff(start: Instant, zone: string, clinic: Clinic, now: Instant): string {
  const zones = new Set([zone, clinic.zone, ...clinic.locations.map(place => place.zone)]);
  const { weekdayDate, time } = visitWords({ start, zone, language: 'en', nameZone: zones.size > 1, now });
  return `${weekdayDate}, ${time}`;
}

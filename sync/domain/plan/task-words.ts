import type { Instant } from '../clock.ts';
import { localDate, localTime } from '../time.ts';
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

/** `2026-12-02 10:30`: unambiguous for staff anywhere; patients get words of their own language. */
function when(start: Instant | undefined, visit: Visit, { facts, policy }: Context): string {
  if (!start) return 'a day not yet set';
  const zone = zoneOf(stateFor(facts.reference, visit.mirrored), policy.clinic);
  return `${localDate(start, zone)} ${localTime(start, zone)}`;
}

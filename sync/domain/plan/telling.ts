import type { Instant } from '../clock.ts';
import type { Context, Visit } from './context.ts';
import type { VisitState } from './facts.ts';
import type { Telling } from './plan.ts';
import { placeOf, stateFor, zoneOf } from './visit.ts';

/** What the patient knows once this is sent. A move told by two records changes what they know of both. */
export function tellingOf(visit: Visit, context: Context): Telling[] {
  const { movedTo } = visit;
  if (!movedTo) return [telling(visit, context, visit.told?.state.start)];
  return [telling(movedTo, context, visit.told?.state.start), telling(visit, context)];
}

/** What is off is named by the hour they know it by, not by one it was moved to without a word. */
const believed = ({ told }: Visit, state: VisitState): VisitState =>
  state.live || !told ? state : { ...state, start: told.state.start, location: told.state.location };

function telling(visit: Visit, { facts, policy }: Context, before?: Instant): Telling {
  const state = believed(visit, stateFor(facts.reference, visit.mirrored));
  const place = placeOf(state.location, policy.clinic);
  const zone = zoneOf(state, policy.clinic);
  const moved = before !== undefined && before !== state.start;
  return {
    ...state,
    appointment: visit.reference,
    zone,
    locationName: place?.name,
    practitionerName: visit.mirrored.fact.practitionerName,
    telehealthLink: visit.mirrored.fact.telehealthLink,
    ...(moved ? { before: { start: before, zone: zoneOf(visit.told?.state ?? state, policy.clinic) } } : {}),
  };
}

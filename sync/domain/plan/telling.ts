import type { Context, Visit } from './context.ts';
import type { Part, VisitState } from './facts.ts';
import type { Telling } from './plan.ts';
import { changedParts, placeOf, stateFor, zoneOf } from './visit.ts';

/** What the patient knows once this is sent. A move told by two records changes what they know of both; so does
 *  whatever is first said of a visit that was cancelled and booked anew just as it was. */
export function tellingOf(visit: Visit, context: Context): Telling[] {
  const { movedTo, movedFrom } = visit;
  if (movedTo) return [telling(movedTo, context, visit), telling(visit, context)];
  const replaces = movedFrom && newParts(movedFrom, visit, context).length === 0 ? [telling(movedFrom, context)] : [];
  return [telling(visit, context), ...replaces];
}

/** What is off is named by the hour they know it by, not by one it was moved to without a word. */
const believed = ({ told }: Visit, state: VisitState): VisitState =>
  state.live || !told ? state : { ...state, start: told.state.start, location: told.state.location };

function telling(visit: Visit, context: Context, known: Visit = visit): Telling {
  const { facts, policy } = context;
  const state = believed(visit, stateFor(facts.reference, visit.mirrored));
  const changed = newParts(known, visit, context);
  const before = known.told?.state;
  return {
    ...state,
    appointment: visit.reference,
    zone: zoneOf(state, policy.clinic),
    locationName: placeOf(state.location, policy.clinic)?.name,
    practitionerName: visit.mirrored.fact.practitionerName,
    telehealthLink: visit.mirrored.fact.telehealthLink,
    ...(before && changed.length > 0
      ? { before: { start: before.start, zone: zoneOf(before, policy.clinic) }, changed }
      : {}),
  };
}

/** What the patient does not know yet of `next`, which is the visit they know or the one that replaces it. */
export function newParts({ told }: Visit, next: Visit, { facts, policy: { clinic } }: Context): Part[] {
  const truth = stateFor(facts.reference, next.mirrored);
  if (!told || !truth.live) return [];
  const parts = changedParts(told.state, truth, next.mirrored.fact);
  // The same instant is another hour on the wall of a place in another zone.
  const otherWall = parts.includes('place') && zoneOf(told.state, clinic) !== zoneOf(truth, clinic);
  return otherWall && !parts.includes('hour') ? ['hour', ...parts] : parts;
}

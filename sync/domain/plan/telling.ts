import type { Text, Variable } from '../text/text.ts';
import type { Context, Visit } from './context.ts';
import type { Part, VisitState } from './facts.ts';
import type { Telling } from './plan.ts';
import { changedParts, placeOf, stateFor, visitState, zoneOf } from './visit.ts';

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
  const { policy } = context;
  const state = believed(visit, visitState(visit.mirrored.fact, visit.phase === 'booked'));
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

/**
 * What they know once this text has left: a reminder names no clinician, and no place that it has no name for. What it
 * leaves unsaid stays as they knew it, and is still to be told. Notices say all that has changed.
 */
export function asSaid(telling: Telling, { variables }: Text, context: Context): Telling {
  const told = context.visits.find(visit => visit.reference === telling.appointment)?.told?.state;
  const unsaid = (telling.changed ?? []).filter(part => !SAYS[part](telling, variables, context));
  if (!told || unsaid.length === 0) return telling;
  return {
    ...telling,
    ...Object.assign({}, ...unsaid.map(part => BEFORE[part](told))),
    changed: telling.changed?.filter(part => !unsaid.includes(part)),
    unsaid,
  };
}

const BEFORE: Record<Part, (told: VisitState) => Partial<VisitState>> = {
  hour: ({ start }) => ({ start }),
  mode: ({ telehealth }) => ({ telehealth }),
  place: ({ location }) => ({ location }),
  clinician: ({ practitioner }) => ({ practitioner }),
  link: ({ telehealthLink }) => ({ telehealthLink }),
};

type Says = (telling: Telling, variables: Variable[], context: Context) => boolean;

const saysPlace: Says = ({ telehealth, locationName }, variables, { policy: { clinic } }) =>
  !telehealth &&
  locationName !== undefined &&
  // Where the practice has one place only, the hour stands alone.
  (variables.includes('locationName') ||
    (clinic.locations.length > 1 && variables.some(one => one === 'timeAndPlace' || one === 'visits')));

const saysLink: Says = ({ telehealth }, variables) =>
  telehealth && variables.some(one => one === 'telehealthLink' || one === 'howToJoin');

/** By the blanks of its approved text. The hour is in all that state anything. */
const SAYS: Record<Part, Says> = {
  hour: () => true,
  mode: (...asked) => saysLink(...asked) || saysPlace(...asked),
  place: saysPlace,
  clinician: ({ practitionerName }, variables) => practitionerName !== undefined && variables.includes('clinicianName'),
  link: saysLink,
};

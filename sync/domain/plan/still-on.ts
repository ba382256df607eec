import type { Context, Visit } from './context.ts';
import { stateFor } from './visit.ts';

/**
 * One of two records of one visit was removed: at the hour and place the patient knows of they are expected all the
 * same, and "that visit is off" would be false.
 */
export function isStillOn({ phase, told, reference }: Visit, { visits, facts }: Context): boolean {
  if (phase !== 'off' || !told?.state.start) return false;
  const { start, telehealth, location } = told.state;
  return visits.some(other => {
    if (other.phase !== 'booked' || other.reference === reference) return false;
    const state = stateFor(facts.reference, other.mirrored);
    const elsewhere = location !== undefined && state.location !== undefined && location !== state.location;
    return state.start === start && state.telehealth === telehealth && !elsewhere;
  });
}

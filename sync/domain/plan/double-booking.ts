import type { Instant } from '../clock.ts';
import { byText, latest } from '../time.ts';
import { type Context, settlesAt, type Visit } from './context.ts';
import { planOwnTask } from './own-task.ts';
import type { Plan } from './plan.ts';
import { hourForStaff } from './task-words.ts';
import { isFuture, placeOf, stateFor } from './visit.ts';

/** No rule of the practice's: nobody can be in two places at once. */
export const DOUBLE_BOOKING = 'double-booking';

/** Two visits at two places whose hours overlap: our texts name both, and which of them is meant only staff can say. */
export function planDoubleBookings(context: Context, plan: Plan): void {
  if (context.never) return;
  const ahead = context.visits
    .filter(({ phase, mirrored }) => phase === 'booked' && isFuture(mirrored.fact.start, context.now))
    .sort((a, b) => byText(startOf(a), startOf(b)) || byText(a.reference, b.reference));
  for (const [i, first] of ahead.entries())
    for (const second of ahead.slice(i + 1)) if (areApart(first, second)) openTask(first, second, context, plan);
}

const startOf = ({ mirrored }: Visit) => mirrored.fact.start as Instant;

function areApart({ mirrored: { fact: a } }: Visit, { mirrored: { fact: b } }: Visit): boolean {
  const overlap = a.start === b.start || (b.start as Instant) < (a.end ?? '');
  if (!overlap || (a.telehealth && b.telehealth)) return false;
  if (a.telehealth !== b.telehealth) return true;
  const known = a.locations.length > 0 && b.locations.length > 0;
  return known && !a.locations.some(place => b.locations.includes(place));
}

/** Like a notice it waits for the record to settle: many a visit is moved by booking the new one first. */
function openTask(first: Visit, second: Visit, context: Context, plan: Plan): void {
  const who = context.facts.patient?.firstName ?? 'The patient';
  planOwnTask(
    {
      rule: DOUBLE_BOOKING,
      code: 'double-booking',
      anchor: `${first.reference}+${second.reference}@${startOf(second)}`,
      opensAt: latest(settlesAt(first, 'booking', context), settlesAt(second, 'booking', context)) as Instant,
      due: 'P1D',
      until: startOf(first),
      says: `${who} is booked at two places at overlapping hours: ${whenAndWhere(first, context)}, and ${whenAndWhere(second, context)}. Find out which is meant, and correct the other.`,
      about: [first.reference, second.reference],
    },
    context,
    plan,
  );
}

/** "Fri, Nov 27, 10:00 AM CT at Riverside"; of a place without a name, that it has none. */
function whenAndWhere(visit: Visit, { facts, policy, now }: Context): string {
  const { telehealth, location } = stateFor(facts.reference, visit.mirrored);
  const { clinic } = policy;
  const zone = placeOf(location, clinic)?.zone ?? clinic.zone;
  const where = telehealth
    ? 'by video'
    : `at ${placeOf(location, clinic)?.name ?? 'a place that clinic.yaml does not name'}`;
  return `${hourForStaff(startOf(visit), zone, clinic, now)} ${where}`;
}

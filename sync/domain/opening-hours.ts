import type { Instant } from './clock.ts';
import type { Clinic } from './policy/clinic.ts';
import { addDays, atLocal, byText, dayOfWeek, durationMs, latest, localDate, plus, plusMs, toMs } from './time.ts';

/** When people are there to answer, as FHIR's `Location.hoursOfOperation` has it. */
export type OpeningHours = Pick<Clinic, 'zone' | 'hoursOfOperation' | 'closedOn'>;

/** FHIR's days-of-week, as numbered by ISO: Monday is 1. */
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A practice that is closed for longer than this has other worries than ours. */
const DAYS_LOOKED_AT = 400;

interface Period {
  from: Instant;
  until: Instant;
}

/** Is anybody there? At `closingTime` nobody is any more. */
export const isOpen = (at: Instant, hours: OpeningHours): boolean =>
  periodsOn(localDate(at, hours.zone), hours).some(({ from, until }) => from <= at && at < until);

/** The first moment at or after `at` at which somebody is there. */
export function nextOpen(at: Instant, hours: OpeningHours): Instant | undefined {
  for (const { from } of ahead(at, hours)) return from;
  return undefined;
}

/**
 * By when it can be done by people who work in these hours only: after `time` of them, in pieces if need be. Half an
 * hour before closing on Friday two hours end on Monday, an hour and a half after the doors open (`scope.md` ACK9).
 */
export function promisedBy(now: Instant, hours: OpeningHours, time = 'PT2H'): Instant {
  let left = durationMs(time);
  for (const { from, until } of ahead(now, hours)) {
    const open = toMs(until) - toMs(from);
    if (left <= open) return plusMs(from, left);
    left -= open;
  }
  return plus(now, time);
}

/** What is still to come of the periods in which the practice is open, the nearest first. */
function* ahead(at: Instant, hours: OpeningHours): Generator<Period> {
  const today = localDate(at, hours.zone);
  for (let day = 0; day < DAYS_LOOKED_AT; day += 1)
    for (const { from, until } of periodsOn(addDays(today, day), hours))
      if (until > at) yield { from: from < at ? at : from, until };
}

/** In order, and no hour twice. */
function periodsOn(date: string, { zone, hoursOfOperation, closedOn }: OpeningHours): Period[] {
  if (closedOn.includes(date)) return [];
  const today = DAYS[dayOfWeek(date) - 1];
  const written = hoursOfOperation
    .filter(({ daysOfWeek }) => daysOfWeek.some(day => day === today))
    .map(({ openingTime, closingTime }) => ({
      from: atLocal(date, openingTime, zone),
      until: atLocal(date, closingTime, zone),
    }))
    .sort((a, b) => byText(a.from, b.from));
  const periods: Period[] = [];
  for (const { from, until } of written) {
    const last = periods.at(-1);
    if (last && from <= last.until) last.until = latest(until, last.until) as Instant;
    else periods.push({ from, until });
  }
  return periods;
}

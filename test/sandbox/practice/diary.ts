import type { Temporal } from 'temporal-polyfill';
import type { Person } from './person.ts';
import type { Clinician } from './staff.ts';
import { HALVES_OF_DAY, type Visit } from './visit.ts';
import { visitType } from './visit-types.ts';

/** Keeps a clinician from being in two rooms, and an ordinary patient from having two visits within three days. */
export type Diary = {
  isFree(clinician: Clinician, day: Temporal.PlainDate, half: number, halves: number): boolean;
  isRested(person: Person, day: Temporal.PlainDate): boolean;
  enter(visit: Visit): void;
};

const LUNCH = [8, 9];

export const halvesOf = (visit: Pick<Visit, 'type'>): number => Math.ceil(visitType(visit.type).minutes / 30);

export function openDiary(): Diary {
  const taken = new Set<string>();
  const daysOf = new Map<string, Temporal.PlainDate[]>();
  const cell = (clinician: Clinician, day: Temporal.PlainDate, half: number): string =>
    `${clinician.id}|${day}|${half}`;
  const span = (half: number, halves: number): number[] => [...Array(halves).keys()].map(step => half + step);

  function isFree(clinician: Clinician, day: Temporal.PlainDate, half: number, halves: number): boolean {
    return span(half, halves).every(
      at => at < HALVES_OF_DAY && !LUNCH.includes(at) && !taken.has(cell(clinician, day, at)),
    );
  }

  function isRested(person: Person, day: Temporal.PlainDate): boolean {
    return (daysOf.get(person.id) ?? []).every(other => Math.abs(other.until(day).days) > 3);
  }

  function enter(visit: Visit): void {
    for (const half of span(visit.half, halvesOf(visit))) taken.add(cell(visit.clinician, visit.day, half));
    for (const person of visit.patients) daysOf.set(person.id, [...(daysOf.get(person.id) ?? []), visit.day]);
  }

  return { isFree, isRested, enter };
}

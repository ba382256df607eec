import type { Instant } from './clock.ts';
import { addDays, atLocal, dayOfWeek, localDate, plusMs } from './time.ts';

/** Wall-clock hours in which automatic messages may leave, e.g. 9:00–20:00, Sunday from noon (`standards.md` §6.1). */
export interface SendingHours {
  weekday: { from: string; until: string };
  sunday: { from: string; until: string };
}

const DAYS_LOOKED_AT = 8;

function windowOn(date: string, zone: string, hours: SendingHours): { from: Instant; until: Instant } {
  const { from, until } = dayOfWeek(date) === 7 ? hours.sunday : hours.weekday;
  return { from: atLocal(date, from, zone), until: atLocal(date, until, zone) };
}

/** May a message leave now, in every zone where its reader may be? `until` itself is already quiet. */
export function maySendAt(at: Instant, zones: string[], hours: SendingHours): boolean {
  return zones.every(zone => {
    const { from, until } = windowOn(localDate(at, zone), zone, hours);
    return from <= at && at < until;
  });
}

/** The first permitted moment at or after `at`; undefined when the zones share none within a week. */
export function nextSendingTime(at: Instant, zones: string[], hours: SendingHours): Instant | undefined {
  if (maySendAt(at, zones, hours)) return at;
  const openings = zones.flatMap(zone => days(at, zone, 1).map(date => windowOn(date, zone, hours).from));
  return openings.sort().find(open => open >= at && maySendAt(open, zones, hours));
}

/** The last permitted moment at or before `at`: a reminder due at night goes the evening before, never later. */
export function previousSendingTime(at: Instant, zones: string[], hours: SendingHours): Instant | undefined {
  if (maySendAt(at, zones, hours)) return at;
  const closings = zones.flatMap(zone =>
    days(at, zone, -1).map(date => plusMs(windowOn(date, zone, hours).until, -60_000)),
  );
  return closings
    .sort()
    .reverse()
    .find(close => close <= at && maySendAt(close, zones, hours));
}

function days(at: Instant, zone: string, step: 1 | -1): string[] {
  const today = localDate(at, zone);
  return Array.from({ length: DAYS_LOOKED_AT }, (_, n) => addDays(today, n * step));
}

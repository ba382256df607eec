import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../../sync/domain/clock.ts';

/** An instant on the wall of one clinic. `time` is 24-hour for inputs, `clock` is what people say. */
export type LocalTime = {
  date: string;
  time: string;
  clock: string;
  day: string;
  shortDay: string;
  zone: string;
  minutes: number;
};

export function localTime(at: Instant, timeZone: string): LocalTime {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone);
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone, ...options }).format(local.epochMilliseconds);
  return {
    date: local.toPlainDate().toString(),
    time: local.toPlainTime().toString({ smallestUnit: 'minute' }),
    clock: format({ hour: 'numeric', minute: '2-digit' }),
    day: format({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' }),
    shortDay: format({ weekday: 'short', month: 'short', day: 'numeric' }),
    zone: zoneName(at, timeZone),
    minutes: local.hour * 60 + local.minute,
  };
}

/** `CST` or `MDT`: which one depends on the day. */
export function zoneName(at: Instant, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' }).formatToParts(Date.parse(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** `Central Time`: the same in summer and in winter. */
export function zoneTitle(timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longGeneric' }).formatToParts(0);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/**
 * `undefined` when the wall clock never shows that time on that day: in spring clocks skip an hour, and the result would
 * read differently. In autumn one hour comes twice, and the first of the two is meant.
 */
export function instantOf(date: string, time: string, timeZone: string): Instant | undefined {
  const wall = Temporal.PlainDateTime.from(`${date}T${time}`);
  const first = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return first.toPlainDateTime().equals(wall) ? first.toInstant().toString({ smallestUnit: 'millisecond' }) : undefined;
}

export function plusMinutes(at: Instant, minutes: number): Instant {
  return Temporal.Instant.from(at).add({ minutes }).toString({ smallestUnit: 'millisecond' });
}

export const plusDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString();

/** `Saturday, November 21` for a date of the calendar. */
export const dayName = (date: string): string =>
  Temporal.PlainDate.from(date).toLocaleString('en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: 'numeric',
  });

export function isDate(text: string): boolean {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

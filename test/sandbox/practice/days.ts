import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../../sync/domain/clock.ts';

/** The practice's calendar seen from one location: `workday(0)` is today there, `workday(1)` the next working day. */
export type Days = {
  zone: string;
  today: Temporal.PlainDate;
  workday(offset: number): Temporal.PlainDate;
};

/**
 * Working days are weekdays. Today is one even at a weekend (a Saturday clinic), because a person who opens the sandbox
 * on a Saturday should still find a day in progress.
 */
export function daysAround(now: Instant, zone: string): Days {
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  function workday(offset: number): Temporal.PlainDate {
    const step = Math.sign(offset);
    let day = today;
    for (let left = Math.abs(offset); left > 0; ) {
      day = day.add({ days: step });
      if (day.dayOfWeek <= 5) left--;
    }
    return day;
  }
  return { zone, today, workday };
}

/** `minutes` are counted from local midnight. Clinic hours never fall into the hour that clocks skip. */
export function localInstant(day: Temporal.PlainDate, minutes: number, zone: string): Instant {
  const time = new Temporal.PlainTime(Math.floor(minutes / 60), minutes % 60);
  return toInstant(day.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant());
}

export function plusMinutes(at: Instant, minutes: number): Instant {
  return toInstant(Temporal.Instant.from(at).add({ minutes }));
}

const toInstant = (at: Temporal.Instant): Instant => at.toString({ smallestUnit: 'millisecond' });

import type { Instant } from '../clock.ts';
import { addDays, dayOfWeek, localDate } from '../time.ts';
import { type DayInText, daysIn } from './days-in-text.ts';
import { hear } from './normalise.ts';

/** A day by which a visit is named. What is given has to fit, all of it: "Friday, December 11". */
export interface NamedDay {
  /** 1 = Monday … 7 = Sunday. */
  weekday?: number;
  day?: number;
  /** 1 = January. Without a day: any of its days. */
  month?: number;
  /** Counted from the day it was written. */
  relative?: keyof typeof RELATIVE;
}

/**
 * The days by which a message names the visit it is about, in English or Spanish. Of a wish for another time (`moving`)
 * where it is to go names no visit: "from Friday to Monday" is the one on Friday; nor does a week or a month, for "next
 * week" mostly says where to. A clock hour is no day. Sooner one too many than one too few: a day that fits no visit
 * brings a person, one that is missed the wrong visit.
 */
export function namedDays(text: string, moving = false): NamedDay[] {
  const found = daysIn(hear(text)?.words ?? '');
  return joined(found)
    .filter(({ named, isTarget }) => !moving || !(isTarget || isWide(named)))
    .map(({ named }) => named);
}

/** Whether a visit can be meant by one of the days; always, when none is named. `now`: when it was written. */
export function fits(named: readonly NamedDay[] | undefined, start: Instant, zone: string, now: Instant): boolean {
  if (!named?.length) return true;
  const [date, today] = [localDate(start, zone), localDate(now, zone)];
  return named.some(one => isOn(one, date, today));
}

const isOn = ({ weekday, day, month, relative }: NamedDay, date: string, today: string): boolean =>
  (weekday === undefined || weekday === dayOfWeek(date)) &&
  (day === undefined || day === Number(date.slice(8))) &&
  (month === undefined || month === Number(date.slice(5, 7))) &&
  (relative === undefined || RELATIVE[relative](date, today));

/** Some weeks begin on Sunday, others on Monday: either will do. */
const isWeeksAhead = (weeks: number) => (date: string, today: string) =>
  [(day: string) => dayOfWeek(day) % 7, (day: string) => dayOfWeek(day) - 1].some(sinceFirst => {
    const first = (day: string) => addDays(day, -sinceFirst(day));
    return first(date) === addDays(first(today), 7 * weeks);
  });

const isDaysAhead = (days: number) => (date: string, today: string) => date === addDays(today, days);

const isMonthsAhead = (months: number) => (date: string, today: string) => {
  const index = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return index(date) === index(today) + months;
};

const RELATIVE = {
  today: isDaysAhead(0),
  tomorrow: isDaysAhead(1),
  'day-after-tomorrow': isDaysAhead(2),
  'this-week': isWeeksAhead(0),
  'next-week': isWeeksAhead(1),
  weekend: (date: string) => dayOfWeek(date) > 5,
  'this-month': isMonthsAhead(0),
  'next-month': isMonthsAhead(1),
} satisfies Record<string, (date: string, today: string) => boolean>;

const SINGLE: NamedDay['relative'][] = ['today', 'tomorrow', 'day-after-tomorrow'];

const isWide = ({ weekday, day, relative }: NamedDay): boolean =>
  weekday === undefined && day === undefined && !SINGLE.includes(relative);

/** "Friday, December 11" is one day, "Friday or Saturday" are two. */
function joined(found: DayInText[]): DayInText[] {
  const days: DayInText[] = [];
  for (const next of found) {
    const last = days.at(-1);
    if (last && next.isClose && !Object.keys(next.named).some(key => key in last.named)) {
      const isTarget = last.isTarget || next.isInstead;
      days.splice(-1, 1, { ...last, named: { ...last.named, ...next.named }, isTarget });
    } else days.push(next);
  }
  return days;
}

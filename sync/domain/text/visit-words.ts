import type { Instant } from '../clock.ts';
import { durationMs, toMs } from '../time.ts';
import { plain } from './segments.ts';
import type { Language } from './text.ts';

/** Spanish as it is written in the United States: 12-hour clock, "a.m.". */
const LOCALES: Record<Language, string> = { en: 'en-US', es: 'es-US' };

export interface VisitWords {
  /** "Tue, Dec 2" or "mar, 2 dic"; far ahead "Wed, Nov 24, 2027". Never 12/2, which half the world reads as February. */
  weekdayDate: string;
  /** "10:30 AM" or "10:30 a.m."; with `nameZone` "10:30 AM CT". */
  time: string;
  /** "Central Time" or "hora central". */
  zoneName: string;
}

export interface VisitMoment {
  start: Instant;
  /** IANA zone of the wall the patient will stand before. It is never guessed here. */
  zone: string;
  language: Language;
  /** Say which zone the hour is in, because the reader may live in another one. */
  nameZone: boolean;
  /** When it is written: without the year "Nov 24" is the next one. */
  now: Instant;
}

/** Half a year: what lies further off, before or behind, is said with its year. */
const NEAR = durationMs('P183D');

export function visitWords({ start, zone, language, nameZone, now }: VisitMoment): VisitWords {
  const time = clockOf(start, zone, language);
  const brief = partsOf(start, zone, language, { hour: 'numeric', timeZoneName: 'shortGeneric' }).timeZoneName;
  return {
    weekdayDate: dateOf(start, zone, language, Math.abs(toMs(start) - toMs(now)) > NEAR),
    time: nameZone && brief ? `${time} ${brief}` : time,
    zoneName: partsOf(start, zone, language, { hour: 'numeric', timeZoneName: 'longGeneric' }).timeZoneName ?? zone,
  };
}

function dateOf(start: Instant, zone: string, language: Language, withYear: boolean): string {
  const all = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const { weekday, day, month, year } = partsOf(start, zone, language, all);
  if (language === 'en') return `${weekday}, ${month} ${day}${withYear ? `, ${year}` : ''}`;
  return `${weekday}, ${day} ${month}${withYear ? ` ${year}` : ''}`;
}

const clockOf = (start: Instant, zone: string, language: Language): string =>
  plain(formatIn(zone, language, { hour: 'numeric', minute: '2-digit' }).format(toMs(start)));

function partsOf(start: Instant, zone: string, language: Language, options: Intl.DateTimeFormatOptions) {
  const format = formatIn(zone, language, options);
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(toMs(start))) parts[type] = plain(value).replace(/\.$/, '');
  return parts;
}

function formatIn(zone: string, language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([zone, language, options]);
  const format = FORMATS.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, ...options });
  FORMATS.set(key, format);
  return format;
}

/** Making one costs many times what using it does, and the zones of a practice are few. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** "Mia and Leo", "Ana e Isabel". */
export const listWords = (items: readonly string[], language: Language): string =>
  new Intl.ListFormat(LOCALES[language], { type: 'conjunction' }).format(items);

export interface ListedVisit extends VisitMoment {
  firstName?: string;
  place?: string;
}

/**
 * "Tue, Dec 2 at Mesa: 1) Mia 9:00 AM; 2) Leo 9:30 AM": numbered, so that an answer can name one of them; what all have
 * in common is said once. Who is named is the caller's decision: only an address that serves several people needs it.
 */
export function visitList(visits: readonly ListedVisit[]): string {
  const words = visits.map(visit => ({ ...visit, ...visitWords(visit) }));
  const [first] = words;
  if (!first) return '';
  const oneDay = words.length > 1 && words.every(({ weekdayDate }) => weekdayDate === first.weekdayDate);
  const onePlace = oneDay && words.every(({ place }) => place === first.place);
  const items = words.map(({ firstName, weekdayDate, time, place, language }, i) => {
    const who = firstName ? `${firstName}${oneDay ? '' : ':'} ` : '';
    const where = onePlace ? time : atPlace(time, place, language);
    return `${i + 1}) ${who}${oneDay ? where : `${weekdayDate}, ${where}`}`;
  });
  const head = onePlace ? atPlace(first.weekdayDate, first.place, first.language) : first.weekdayDate;
  return `${oneDay ? `${head}: ` : ''}${items.join('; ')}`;
}

/** "10:30 AM at Mesa", "10:30 a.m. en Mesa". */
export const atPlace = (time: string, place: string | undefined, language: Language): string =>
  place ? `${time} ${AT[language]} ${place}` : time;

const AT: Record<Language, string> = { en: 'at', es: 'en' };

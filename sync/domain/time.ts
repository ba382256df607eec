import { Temporal } from 'temporal-polyfill';
import type { Instant } from './clock.ts';

const FHIR_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A FHIR `instant` or full `dateTime` in our one form, or undefined. Text without a zone is refused: guessing one
 * is how patients are told the wrong hour (`scope.md` C2, `standards.md` §0.2).
 */
export function instant(text: string | undefined): Instant | undefined {
  if (!text || !FHIR_INSTANT.test(text)) return undefined;
  try {
    return canonical(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return undefined;
  }
}

const canonical = (epochMs: number): Instant => new Date(epochMs).toISOString();

export const toMs = (at: Instant): number => Date.parse(at);

const PARTIAL = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/;

/** First and last moment that a FHIR `dateTime` may mean. Partial dates count whole, in UTC: "2026-11" is all November. */
export function spanOf(text: string | undefined): { first: Instant; last: Instant } | undefined {
  const exact = instant(text);
  if (exact) return { first: exact, last: exact };
  const [, year, month, day] = text?.match(PARTIAL) ?? [];
  if (!year) return undefined;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const next = day ? Date.UTC(y, m, d + 1) : month ? Date.UTC(y, m + 1, 1) : Date.UTC(y + 1, 0, 1);
  return { first: canonical(Date.UTC(y, m, d)), last: canonical(next - 1) };
}

/** Elapsed milliseconds in an ISO 8601 duration such as `PT48H` or `P2D` (a day is 24 h here). Throws on nonsense. */
export function durationMs(duration: string): number {
  const known = DURATIONS.get(duration);
  if (known !== undefined) return known;
  const ms = Temporal.Duration.from(duration).total({
    unit: 'millisecond',
    relativeTo: '2026-01-01T00:00:00Z[UTC]',
  });
  DURATIONS.set(duration, ms);
  return ms;
}

/** A policy holds a few dozen, asked for thousands of times in one sweep. */
const DURATIONS = new Map<string, number>();

/** Plain order of text, the same on every machine; instants and keys sort by it. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const plus = (at: Instant, duration: string): Instant => canonical(toMs(at) + durationMs(duration));
export const minus = (at: Instant, duration: string): Instant => canonical(toMs(at) - durationMs(duration));
export const plusMs = (at: Instant, ms: number): Instant => canonical(toMs(at) + ms);

export const earliest = (...all: (Instant | undefined)[]): Instant | undefined => known(all).sort()[0];
export const latest = (...all: (Instant | undefined)[]): Instant | undefined => known(all).sort().at(-1);
const known = (all: (Instant | undefined)[]) => all.filter((at): at is Instant => at !== undefined);

/** `2026-12-02`: the calendar day on a wall in that zone. */
export const localDate = (at: Instant, zone: string): string => zoned(at, zone).toPlainDate().toString();

/** `10:30`: the wall clock in that zone. */
export const localTime = (at: Instant, zone: string): string =>
  zoned(at, zone).toPlainTime().toString({ smallestUnit: 'minute' });

/** 1 = Monday … 7 = Sunday. */
export const dayOfWeek = (date: string): number => Temporal.PlainDate.from(date).dayOfWeek;

export const addDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({ days }).toString();

/**
 * The instant at which the wall clock in `zone` shows this date and time. A time that the spring change skips
 * becomes the moment after the gap; one that autumn repeats is its first occurrence.
 */
export const atLocal = (date: string, time: string, zone: string): Instant =>
  canonical(Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds);

const zoned = (at: Instant, zone: string) => Temporal.Instant.fromEpochMilliseconds(toMs(at)).toZonedDateTimeISO(zone);

export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Whole years lived on a calendar day. Undefined when the birth date is missing or no date. A year or month alone
 *  counts from its last day: we would rather treat somebody as too young than write to a child. */
export function ageOn(birthDate: string | undefined, date: string): number | undefined {
  const parts = birthDate?.match(/^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/);
  if (!parts) return undefined;
  const month = parts[2] ?? '12';
  const day = parts[3] ?? String(new Date(Date.UTC(Number(parts[1]), Number(month), 0)).getUTCDate()).padStart(2, '0');
  const [year, monthDay] = [date.slice(0, 4), date.slice(5)];
  return Number(year) - Number(parts[1]) - (monthDay < `${month}-${day}` ? 1 : 0);
}

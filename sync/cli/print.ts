import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../domain/clock.ts';
import { localDate, localTime, toMs } from '../domain/time.ts';
import type { Place } from './fhir-files.ts';

/** Where a command writes; tests give their own. */
export interface Out {
  line: (text?: string) => void;
  /** For progress and remarks that are not the answer. */
  aside: (text: string) => void;
}

export const terminal: Out = {
  // Not by the console, which keeps to itself what could not be written.
  line: (text = '') => void process.stdout.write(`${text}\n`),
  aside: text => console.error(text),
};

/** `····0101`: enough to recognise, too little to call. */
export const masked = (address: string): string =>
  address.includes('@') ? `${address.slice(0, 1)}····@${address.split('@')[1]}` : `····${address.slice(-4)}`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `export.ndjson:7`, as editors and terminals turn it into a link. */
export const placeName = ({ file, line, entry }: Place): string =>
  `${file}${line === undefined ? '' : `:${line}`}${entry ? ` ${entry}` : ''}`;

/** `12 create, 3 withdraw`, the most frequent first; what is not there at all is not mentioned. */
export const counts = (record: Record<string, number>): string =>
  Object.entries(record)
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([word, n]) => `${n} ${word}`)
    .join(', ') || 'nothing';

/** How often each word occurs. */
export const tally = (words: string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(words, word => word)].map(([word, those]) => [word, those.length]));

/** The first few, and how many there are besides: a wall of lines explains nothing. */
export function some(words: Iterable<string>, all: boolean, few = 6): string {
  const distinct = [...new Set(words)];
  const shown = all ? distinct : distinct.slice(0, few);
  const left = distinct.length - shown.length;
  return shown.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** `Wed 2026-12-02`. */
export const dayName = (date: string): string =>
  `${Temporal.PlainDate.from(date).toLocaleString('en', { weekday: 'short' })} ${date}`;

/** `10:30 CST`: without the zone an hour is a guess, and in one list stand the walls of several. */
export const localHour = (at: Instant, zone: string): string => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' }).formatToParts(toMs(at));
  return `${localTime(at, zone)} ${parts.find(part => part.type === 'timeZoneName')?.value ?? zone}`;
};

/** `Wed 2026-12-02 10:30 CST`, on a wall in that zone. */
export const localMoment = (at: Instant, zone: string): string =>
  `${dayName(localDate(at, zone))} ${localHour(at, zone)}`;

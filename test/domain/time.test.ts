import { describe, expect, it } from 'vitest';
import {
  ageOn,
  atLocal,
  dayOfWeek,
  durationMs,
  earliest,
  instant,
  isZone,
  latest,
  localDate,
  localTime,
  minus,
  plus,
  spanOf,
} from '../../sync/domain/time.ts';

describe('an instant', () => {
  it.each([
    ['2026-11-21T15:30:00Z', '2026-11-21T15:30:00.000Z'],
    ['2026-11-21T09:30:00-06:00', '2026-11-21T15:30:00.000Z'],
    ['2026-11-21T15:30:00.123456Z', '2026-11-21T15:30:00.123Z'],
    ['2026-11-21T15:30Z', '2026-11-21T15:30:00.000Z'],
    ['2026-12-31T23:30:00-06:00', '2027-01-01T05:30:00.000Z'],
  ])('%s is %s', (text, expected) => expect(instant(text)).toBe(expected));

  it.each([
    ['no zone', '2026-11-21T10:30:00'],
    ['a day', '2026-11-21'],
    ['a year', '2026'],
    ['no such day', '2026-02-30T10:00:00Z'],
    ['no such hour', '2026-02-20T25:00:00Z'],
    ['space around it', ' 2026-11-21T15:30:00Z '],
    ['nothing', ''],
    ['nothing at all', undefined],
  ])('is refused with %s', (_, text) => expect(instant(text)).toBeUndefined());
});

describe('a dateTime', () => {
  it.each([
    ['2026', '2026-01-01T00:00:00.000Z', '2026-12-31T23:59:59.999Z'],
    ['2026-02', '2026-02-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z'],
    ['2026-12-31', '2026-12-31T00:00:00.000Z', '2026-12-31T23:59:59.999Z'],
    ['2026-11-21T09:30:00-06:00', '2026-11-21T15:30:00.000Z', '2026-11-21T15:30:00.000Z'],
    // without a zone only the day is sure
    ['2026-11-21T09:30:00', '2026-11-21T00:00:00.000Z', '2026-11-21T23:59:59.999Z'],
  ])('%s lasts from %s to %s', (text, first, last) => expect(spanOf(text)).toEqual({ first, last }));

  it('may be nothing', () => expect([spanOf(undefined), spanOf('soon')]).toEqual([undefined, undefined]));
});

describe('elapsed time', () => {
  it.each([
    ['PT48H', 172_800_000],
    ['P2D', 172_800_000],
    ['PT1H15M', 4_500_000],
    ['PT0S', 0],
    ['P1W', 604_800_000],
  ])('%s is %i ms', (duration, ms) => expect(durationMs(duration)).toBe(ms));

  it('refuses nonsense, each time it is asked', () => {
    expect(() => durationMs('soon')).toThrow();
    expect(() => durationMs('soon')).toThrow();
  });

  it('does not bend at a change of clocks: 48 hours before is 48 hours before', () => {
    expect(minus('2026-11-02T16:00:00.000Z', 'PT48H')).toBe('2026-10-31T16:00:00.000Z');
    expect(localTime('2026-11-02T16:00:00.000Z', 'America/Chicago')).toBe('10:00');
    expect(localTime('2026-10-31T16:00:00.000Z', 'America/Chicago')).toBe('11:00');
    expect(plus('2027-03-13T16:00:00.000Z', 'P1D')).toBe('2027-03-14T16:00:00.000Z');
  });

  it('knows the first and the last, and what is missing', () => {
    expect(earliest(undefined, '2026-02-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')).toBe(
      '2026-01-01T00:00:00.000Z',
    );
    expect(latest('2026-02-01T00:00:00.000Z', undefined)).toBe('2026-02-01T00:00:00.000Z');
    expect([earliest(), latest(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('the wall clock', () => {
  it.each([
    ['an ordinary day', '2026-11-21', '09:00', 'America/Chicago', '2026-11-21T15:00:00.000Z'],
    ['before spring', '2027-03-13', '09:00', 'America/Chicago', '2027-03-13T15:00:00.000Z'],
    ['after spring', '2027-03-14', '09:00', 'America/Chicago', '2027-03-14T14:00:00.000Z'],
    ['an hour that spring skips', '2027-03-14', '02:30', 'America/Chicago', '2027-03-14T08:30:00.000Z'],
    ['the first of two that autumn has', '2026-11-01', '01:30', 'America/Chicago', '2026-11-01T06:30:00.000Z'],
    ['after autumn', '2026-11-01', '09:00', 'America/Chicago', '2026-11-01T15:00:00.000Z'],
    ['Arizona, which does neither', '2027-07-01', '09:00', 'America/Phoenix', '2027-07-01T16:00:00.000Z'],
    ['a zone off the hour', '2026-11-21', '09:00', 'Asia/Kathmandu', '2026-11-21T03:15:00.000Z'],
  ])('%s', (_, date, time, zone, expected) => expect(atLocal(date, time, zone)).toBe(expected));

  it('shows another day in another zone', () => {
    expect(localDate('2026-12-02T05:30:00.000Z', 'America/Chicago')).toBe('2026-12-01');
    expect(localDate('2026-12-02T05:30:00.000Z', 'America/New_York')).toBe('2026-12-02');
    expect(dayOfWeek('2026-11-22')).toBe(7);
  });

  it.each([
    ['America/Chicago', true],
    ['Mars/Olympus', false],
    ['', false],
  ])('%s is a zone: %s', (zone, expected) => expect(isZone(zone)).toBe(expected));
});

describe('age', () => {
  it.each([
    ['the day before the birthday', '2008-11-22', '2026-11-21', 17],
    ['the birthday', '2008-11-22', '2026-11-22', 18],
    ['a leap day, in a year without one', '2008-02-29', '2026-02-28', 17],
    ['the day after it', '2008-02-29', '2026-03-01', 18],
    ['a year only: the youngest it can be', '2008', '2026-12-30', 17],
    ['a year only, on its last day', '2008', '2026-12-31', 18],
    ['a month only', '2008-02', '2026-02-28', 17],
    ['a month only, once it is over', '2008-02', '2026-03-01', 18],
    ['not born yet', '2027-01-01', '2026-11-21', -1],
    ['unknown', undefined, '2026-11-21', undefined],
    ['no date', 'about 1980', '2026-11-21', undefined],
  ])('%s', (_, born, on, age) => expect(ageOn(born, on)).toBe(age));
});

import { describe, expect, it } from 'vitest';
import { type ListedVisit, listWords, visitList, visitWords } from '../../../sync/domain/text/visit-words.ts';

const at = (start: string, zone: string, language: 'en' | 'es', nameZone = false, now = start) =>
  visitWords({ start, zone, language, nameZone, now });

describe('visitWords', () => {
  const cases: [start: string, zone: string, date: [string, string], time: [string, string], zone: [string, string]][] =
    [
      [
        '2026-12-02T16:30:00.000Z',
        'America/Chicago',
        ['Wed, Dec 2', 'mié, 2 dic'],
        ['10:30 AM', '10:30 a.m.'],
        ['CT', 'CT'],
      ],
      // the same instant is the day before on another wall
      [
        '2026-12-02T02:00:00.000Z',
        'America/Denver',
        ['Tue, Dec 1', 'mar, 1 dic'],
        ['7:00 PM', '7:00 p.m.'],
        ['MT', 'MT'],
      ],
      // Arizona does not change its clocks, and is not called Mountain Time
      [
        '2026-07-01T19:00:00.000Z',
        'America/Phoenix',
        ['Wed, Jul 1', 'mié, 1 jul'],
        ['12:00 PM', '12:00 p.m.'],
        ['MST', 'MST'],
      ],
      // both sides of the night on which clocks change (2027-03-14)
      [
        '2027-03-13T15:00:00.000Z',
        'America/Chicago',
        ['Sat, Mar 13', 'sáb, 13 mar'],
        ['9:00 AM', '9:00 a.m.'],
        ['CT', 'CT'],
      ],
      [
        '2027-03-15T14:00:00.000Z',
        'America/Chicago',
        ['Mon, Mar 15', 'lun, 15 mar'],
        ['9:00 AM', '9:00 a.m.'],
        ['CT', 'CT'],
      ],
    ];
  it.each(cases)('%s in %s', (start, zone, [dateEn, dateEs], [timeEn, timeEs], [zoneEn, zoneEs]) => {
    expect(at(start, zone, 'en')).toMatchObject({ weekdayDate: dateEn, time: timeEn });
    expect(at(start, zone, 'es')).toMatchObject({ weekdayDate: dateEs, time: timeEs });
    expect(at(start, zone, 'en', true).time).toBe(`${timeEn} ${zoneEn}`);
    expect(at(start, zone, 'es', true).time).toBe(`${timeEs} ${zoneEs}`);
  });

  it('knows the long name of the zone', () => {
    expect(at('2026-12-02T16:30:00.000Z', 'America/Chicago', 'en').zoneName).toBe('Central Time');
    expect(at('2026-12-02T16:30:00.000Z', 'America/Chicago', 'es').zoneName).toBe('hora central');
  });

  it('uses no sign that would change the encoding of an English text', () => {
    const { weekdayDate, time } = at('2026-12-02T16:30:00.000Z', 'America/Chicago', 'en', true);
    expect(`${weekdayDate} ${time}`).toMatch(/^[ -~]+$/);
  });
});

describe('the year', () => {
  const NOVEMBER = '2026-11-24T15:00:00.000Z';
  it.each([
    ['a year ahead', '2027-11-24T15:00:00.000Z', 'Wed, Nov 24, 2027', 'mié, 24 nov 2027'],
    ['more than half a year ahead', '2027-05-27T14:00:00.000Z', 'Thu, May 27, 2027', 'jue, 27 may 2027'],
    ['half a year ahead', '2027-05-26T14:00:00.000Z', 'Wed, May 26', 'mié, 26 may'],
    ['past new year', '2027-01-04T15:00:00.000Z', 'Mon, Jan 4', 'lun, 4 ene'],
    ['long ago', '2026-03-02T15:00:00.000Z', 'Mon, Mar 2, 2026', 'lun, 2 mar 2026'],
  ])('%s', (_, start, en, es) => {
    expect(at(start, 'America/Chicago', 'en', false, NOVEMBER).weekdayDate).toBe(en);
    expect(at(start, 'America/Chicago', 'es', false, NOVEMBER).weekdayDate).toBe(es);
  });
});

describe('lists', () => {
  const moment = {
    start: '2026-12-02T16:30:00.000Z',
    zone: 'America/Chicago',
    language: 'en',
    nameZone: false,
    now: '2026-11-23T18:00:00.000Z',
  } as const;

  it('joins names as each language does', () => {
    expect(listWords(['Mia', 'Leo', 'Ana'], 'en')).toBe('Mia, Leo, and Ana');
    expect(listWords(['Ana', 'Isabel'], 'es')).toBe('Ana e Isabel');
  });

  const later = { ...moment, start: '2026-12-03T17:00:00.000Z' };
  const cases: [what: string, visits: ListedVisit[], words: string][] = [
    ['one day is said once', [{ ...moment, firstName: 'Mia' }, moment], 'Wed, Dec 2: 1) Mia 10:30 AM; 2) 10:30 AM'],
    [
      'two days are said each',
      [{ ...moment, firstName: 'Mia' }, later],
      '1) Mia: Wed, Dec 2, 10:30 AM; 2) Thu, Dec 3, 11:00 AM',
    ],
    [
      'one place is said once',
      [
        { ...moment, place: 'Mesa' },
        { ...moment, place: 'Mesa' },
      ],
      'Wed, Dec 2 at Mesa: 1) 10:30 AM; 2) 10:30 AM',
    ],
    [
      'two places are said each',
      [
        { ...moment, place: 'Mesa' },
        { ...moment, place: 'Riverside' },
      ],
      'Wed, Dec 2: 1) 10:30 AM at Mesa; 2) 10:30 AM at Riverside',
    ],
    ['one visit is numbered too', [moment], '1) Wed, Dec 2, 10:30 AM'],
    [
      'in Spanish',
      [
        { ...moment, language: 'es', place: 'Mesa' },
        { ...moment, language: 'es', place: 'Mesa' },
      ],
      'mié, 2 dic en Mesa: 1) 10:30 a.m.; 2) 10:30 a.m.',
    ],
    ['none', [], ''],
  ];
  it.each(cases)('numbers visits so that an answer can name one: %s', (_, visits, words) => {
    expect(visitList(visits)).toBe(words);
  });
});

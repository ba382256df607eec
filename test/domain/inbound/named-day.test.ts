import { describe, expect, it } from 'vitest';
import { fits, type NamedDay, namedDays } from '../../../sync/domain/inbound/named-day.ts';

const [MON, TUE, THU, FRI, SAT, SUN] = [1, 2, 4, 5, 6, 7].map(weekday => ({ weekday })) as [
  NamedDay,
  NamedDay,
  NamedDay,
  NamedDay,
  NamedDay,
  NamedDay,
];
const TOMORROW: NamedDay = { relative: 'tomorrow' };
const TODAY: NamedDay = { relative: 'today' };

describe('the days a message names', () => {
  const named: [text: string, days: NamedDay[]][] = [
    ['Please cancel my appointment on Friday', [FRI]],
    ['cancel FRIDAY’s visit', [FRI]],
    ['Can I reschedule my appointment on December 11', [{ day: 11, month: 12 }]],
    ["I can't come tomorrow", [TOMORROW]],
    ['no puedo ir el viernes', [FRI]],
    ["can't make it Fri. or Sat", [FRI, SAT]],
    ['not on sun', [SUN]],
    ['cancel tues', [TUE]],
    ["I can't do Friday, December 11", [{ weekday: 5, day: 11, month: 12 }]],
    ['Friday the 11th', [{ weekday: 5, day: 11 }]],
    ['Friday, Dec. 11 at 3 pm', [{ weekday: 5, day: 11, month: 12 }]],
    ['the 11th of December', [{ day: 11, month: 12 }]],
    ['December the 11th', [{ day: 11, month: 12 }]],
    ['11 December', [{ day: 11, month: 12 }]],
    ['dec 2nd', [{ day: 2, month: 12 }]],
    ['May 5', [{ day: 5, month: 5 }]],
    ['mar 3', [{ day: 3, month: 3 }]],
    ['the 30th', [{ day: 30 }]],
    ['on the 5', [{ day: 5 }]],
    ['on 5', [{ day: 5 }]],
    ['the 15', [{ day: 15 }]],
    ['12/25', [{ day: 25, month: 12 }]],
    ['25/12/2026', [{ day: 25, month: 12 }]],
    ['2026-12-11', [{ day: 11, month: 12 }]],
    // either way of writing
    [
      '12/11',
      [
        { day: 11, month: 12 },
        { day: 12, month: 11 },
      ],
    ],
    ['my visit in December', [{ month: 12 }]],
    ['in may', [{ month: 5 }]],
    ['the 8th of this month', [{ day: 8, relative: 'this-month' }]],
    ['today', [TODAY]],
    ["today's", [TODAY]],
    ['tonight', [TODAY]],
    ['this morning', [TODAY]],
    ['tomorrow morning', [TOMORROW]],
    ['tmrw', [TOMORROW]],
    ["tomorrow's visit", [TOMORROW]],
    ['the day after tomorrow', [{ relative: 'day-after-tomorrow' }]],
    ['this week', [{ relative: 'this-week' }]],
    ['next week', [{ relative: 'next-week' }]],
    ['next Friday', [FRI]],
    ['Friday of next week', [{ weekday: 5, relative: 'next-week' }]],
    ['Monday or Tuesday', [MON, TUE]],
    ['Monday, Tuesday and Friday', [MON, TUE, FRI]],
    ['from Friday to Monday', [FRI, MON]],
    ['el viernes 11', [{ weekday: 5, day: 11 }]],
    ['el viernes 11 de diciembre', [{ weekday: 5, day: 11, month: 12 }]],
    ['el 11 de diciembre', [{ day: 11, month: 12 }]],
    ['el día 15', [{ day: 15 }]],
    ['del 2', [{ day: 2 }]],
    ['1ro de enero', [{ day: 1, month: 1 }]],
    ['el miércoles', [{ weekday: 3 }]],
    ['el sábado', [SAT]],
    ['hoy', [TODAY]],
    ['esta tarde', [TODAY]],
    ['esta mañana', [TODAY]],
    ['mañana', [TOMORROW]],
    ['la cita de mañana', [TOMORROW]],
    ['mañana por la mañana', [TOMORROW]],
    ['pasado mañana', [{ relative: 'day-after-tomorrow' }]],
    ['la próxima semana', [{ relative: 'next-week' }]],
    ['la semana que viene', [{ relative: 'next-week' }]],
  ];
  it.each(named)('%j', (text, days) => {
    expect(namedDays(text)).toEqual(days);
  });

  it.each([
    "I can't make it",
    'at 3',
    'at 3 pm',
    '3pm',
    'at 10:30',
    'cancel 1',
    'option 5',
    'hi 5',
    'the 2 of us',
    'the 2nd one',
    'my 2nd visit',
    'for the 1st time',
    'I may come',
    'may',
    'mar',
    'we sat in the sun',
    'the sun is out',
    'en la mañana',
    'por la mañana',
    'a las 8 de la mañana',
    'a las 3',
    'la 1',
    'that day',
    'ese día',
    'otro día',
    '90/60',
    '24/7',
    'the 45th',
    '13/32',
    'any week',
    '',
  ])('none: %j', text => {
    expect(namedDays(text)).toEqual([]);
  });
});

describe('of a wish to move a visit, where it is to go names none', () => {
  const moving: [text: string, days: NamedDay[]][] = [
    ['Can I reschedule my appointment on December 11', [{ day: 11, month: 12 }]],
    ['Can I reschedule my appointment for Friday', [FRI]],
    ['move it from Friday to Monday', [FRI]],
    ['change my Friday visit to Monday, the 5th', [FRI]],
    ['cambiar la cita del viernes al lunes', [FRI]],
    ['cambiar la cita del 11 al 15', [{ day: 11 }]],
    ['quisiera cambiar la cita para el lunes', [MON]],
    ["can't come tomorrow, can we move it to Thursday", [TOMORROW]],
    ['move it to Monday', []],
    ['Can you move my appointment to Friday?', []],
    ['change that to the 8th of this month', []],
    ['change the appointment to the 14th of March', []],
    ['postpone until Thursday', []],
    ['anything after the 15th', []],
    ['Can I come Tuesday instead?', []],
    ['come Thursday at 3 instead', []],
    ['make it for the 12th of this month instead', []],
    ['Friday, December 11 instead', []],
    ['mejor el lunes', []],
    ['al viernes', []],
    ['reschedule for next week', []],
    ['reschedule in December', []],
    ['reprogramar para la próxima semana', []],
  ];
  it.each(moving)('%j', (text, days) => {
    expect(namedDays(text, true)).toEqual(days);
  });

  it('but it does of any other', () => {
    expect(namedDays('to Friday')).toEqual([FRI]);
    expect(namedDays('next week')).toEqual([{ relative: 'next-week' }]);
  });
});

describe('whether a visit can be meant', () => {
  const ZONE = 'America/Chicago';
  // A Monday, eleven at night in Chicago and Tuesday already in UTC.
  const NOW = '2026-11-24T05:00:00.000Z';
  const at = (date: string) => `${date}T17:00:00.000Z`;
  const table: [days: NamedDay[] | undefined, date: string, fit: boolean][] = [
    [undefined, '2026-11-25', true],
    [[], '2026-11-25', true],
    [[{ weekday: 3 }], '2026-11-25', true],
    [[FRI], '2026-11-25', false],
    [[FRI, { weekday: 3 }], '2026-11-25', true],
    [[{ day: 25 }], '2026-11-25', true],
    [[{ day: 25 }], '2026-12-25', true],
    [[{ day: 25, month: 12 }], '2026-11-25', false],
    [[{ month: 11 }], '2026-11-25', true],
    [[{ weekday: 5, day: 11, month: 12 }], '2026-12-11', true],
    [[{ weekday: 5, day: 11, month: 12 }], '2026-12-04', false],
    [[TODAY], '2026-11-23', true],
    [[TODAY], '2026-11-24', false],
    [[TOMORROW], '2026-11-24', true],
    [[TOMORROW], '2026-11-25', false],
    [[{ relative: 'day-after-tomorrow' }], '2026-11-25', true],
    [[{ relative: 'this-week' }], '2026-11-28', true],
    // Sunday ends one calendar's week and begins the other's
    [[{ relative: 'this-week' }], '2026-11-29', true],
    [[{ relative: 'this-week' }], '2026-11-30', false],
    [[{ relative: 'next-week' }], '2026-11-28', false],
    [[{ relative: 'next-week' }], '2026-11-29', true],
    [[{ relative: 'next-week' }], '2026-12-06', true],
    [[{ relative: 'next-week' }], '2026-12-07', false],
    [[{ weekday: 5, relative: 'next-week' }], '2026-11-27', false],
    [[{ relative: 'weekend' }], '2026-11-28', true],
    [[{ relative: 'weekend' }], '2026-11-27', false],
    [[{ relative: 'this-month' }], '2026-12-01', false],
    [[{ relative: 'next-month' }], '2026-12-01', true],
    [[{ relative: 'next-month' }], '2027-12-01', false],
  ];
  it.each(table)('%j on %s: %j', (days, date, fit) => {
    expect(fits(days, at(date), ZONE, NOW)).toBe(fit);
  });

  it('is a matter of the calendar on the wall there', () => {
    const lateOnWednesday = '2026-11-26T04:30:00.000Z';
    expect(fits([{ weekday: 3 }], lateOnWednesday, ZONE, NOW)).toBe(true);
    expect(fits([THU], lateOnWednesday, ZONE, NOW)).toBe(false);
    expect(fits([THU], lateOnWednesday, 'UTC', NOW)).toBe(true);
  });
});

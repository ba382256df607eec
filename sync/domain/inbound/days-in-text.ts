import type { NamedDay } from './named-day.ts';

/** A day as it stands in heard words. */
export interface DayInText {
  named: NamedDay;
  /** It is said where to, or within which bounds, and not which visit: "to Monday", "after the 5th", "Monday instead". */
  isTarget: boolean;
  isInstead: boolean;
  /** Nothing but "the" or a pause lies between it and the day before. */
  isClose: boolean;
}

const alternatives = (names: Record<string, number>): string => Object.keys(names).join('|');
const table = (...names: string[]): Record<string, number> =>
  Object.fromEntries(names.flatMap((list, i) => list.split(' ').map(name => [name, i + 1])));

const WEEKDAYS = table(
  'monday mondays mon lunes',
  'tuesday tuesdays tues tue martes',
  'wednesday wednesdays weds wed miercoles',
  'thursday thursdays thurs thur thu jueves',
  'friday fridays fri viernes',
  'saturday saturdays sat sabado',
  'sunday sundays sun domingo',
);
/** "mar" and "may" are months only beside a number: "I may come" names none. */
const MONTHS = table(
  'january jan enero ene',
  'february feb febrero',
  'march mar marzo',
  'april apr abril abr',
  'may mayo',
  'june jun junio',
  'july jul julio',
  'august aug agosto ago',
  'september sept sep septiembre setiembre',
  'october oct octubre',
  'november nov noviembre',
  'december dec diciembre dic',
);
const MONTH = alternatives(MONTHS);
const N = '(\\d{1,2})';
const NO_HOUR = '(?!(?:am|pm|a|p|oclock) )';
const DOT = '(?:\\| )?';

const date = (day: string | undefined, month?: string | number): NamedDay[] => {
  const [d, m] = [Number(day), typeof month === 'string' ? (MONTHS[month] ?? Number(month)) : month];
  if (d < 1 || d > 31 || (m !== undefined && (m < 1 || m > 12))) return [];
  return [{ day: d, ...(m === undefined ? {} : { month: m }) }];
};

/** The first that matches at a place is taken. An answer of two is a date that may be read either way: "12/11". */
const READERS: [pattern: RegExp, read: (...groups: (string | undefined)[]) => NamedDay[]][] = (
  [
    [`(${MONTH}) ${DOT}(?:the )?${N}(?:st|nd|rd|th)? ${NO_HOUR}`, (month, day) => date(day, month)],
    [
      `(?<!(?:^| )(?:at|las) )${N}(?:st|nd|rd|th|o|ro)? (?:of |de )?(?:the )?(${MONTH}) `,
      (day, month) => date(day, month),
    ],
    [`\\d{4}-(\\d{2})-(\\d{2}) `, (month, day) => date(day, month)],
    [`(?!24/7 )${N}/${N}(?:/(?:\\d{2}|\\d{4}))? `, (a, b) => (a === b ? date(a, b) : [...date(b, a), ...date(a, b)])],
    [`${N}(?:st|nd|rd|th) (?!(?:one|time|floor|option|choice|visit|appointment|appt) )`, day => date(day)],
    [`(?<=(?:^| )(?:on|on the|(?:for|from|to|by|until|of|after|before) the) )${N} ${NO_HOUR}(?!of )`, day => date(day)],
    [`(?<=(?:^| )the )(1[3-9]|2\\d|3[01]) `, day => date(day)],
    [`(?<=(?:^| )(?:el|del|al|dia) )${N} ${NO_HOUR}`, day => date(day)],
    [
      `(lunes|martes|miercoles|jueves|viernes|sabado|domingo) ${N} ${NO_HOUR}`,
      (name = '', day) => date(day).map(one => ({ weekday: WEEKDAYS[name], ...one })),
    ],
    // "I sat in the sun"
    [`(?<!(?:^| )(?:the|i|we|he|she|it|they|you) )(sat|sun) (?!(?:in|on|down|with) )`, (name = '') => [weekday(name)]],
    [`(?!sat |sun )(${alternatives(WEEKDAYS)}) `, (name = '') => [weekday(name)]],
    ['day after tomorrow |pasado manana ', () => [{ relative: 'day-after-tomorrow' }]],
    [
      'todays? |tonight |this (?:morning|afternoon|evening) |hoy |esta (?:manana|tarde|noche) ',
      () => [{ relative: 'today' }],
    ],
    ['tomorrows? |tomorow |tommorrow |tmrw |tmw |tmr ', () => [{ relative: 'tomorrow' }]],
    // "la mañana" is the morning
    ['(?<!(?:^| )(?:la|las|una|esta) )manana ', () => [{ relative: 'tomorrow' }]],
    ['this week |esta semana ', () => [{ relative: 'this-week' }]],
    ['next week |proxima semana |semana (?:que viene|proxima) ', () => [{ relative: 'next-week' }]],
    ['weekend |fin de semana ', () => [{ relative: 'weekend' }]],
    ['this month |este mes ', () => [{ relative: 'this-month' }]],
    ['next month |proximo mes |mes (?:que viene|proximo) ', () => [{ relative: 'next-month' }]],
    [`(?<=(?:^| )(?:in|en|de|of|for|this|next|until|to) )(${MONTH}) `, (name = '') => [{ month: MONTHS[name] }]],
    [`(?!mar |march |may |jun |dic |ene |ago |abr )(${MONTH}) `, (name = '') => [{ month: MONTHS[name] }]],
  ] as [string, (...groups: (string | undefined)[]) => NamedDay[]][]
).map(([pattern, read]) => [new RegExp(pattern, 'y'), read]);

const weekday = (name: string): NamedDay => ({ weekday: WEEKDAYS[name] });

const TO =
  /(?:^| )(?:to|until|till|til|after|before|by|al|a|hasta|mejor|despues del?|antes del?) (?:(?:the|el|la|dia|next|this|coming|proximo) )*$/;
const INSTEAD = /^(?:(?:at|in|the|around|morning|afternoon|evening|am|pm|\d\S*) )*(?:instead|mejor|en vez|en lugar) /;
const CLOSE = /^(?:(?:[,|]|the|of|on|el|dia|de|del|la|en|este|proximo|que|viene|next|this|coming|weekend|week) )*$/;

/** Every day of the calendar that is named, in order. */
export function daysIn(words: string): DayInText[] {
  const found: DayInText[] = [];
  let end = 0;
  for (let at = 0; at < words.length; ) {
    const match = matchAt(words, at);
    if (match) {
      const isInstead = INSTEAD.test(words.slice(match.end));
      const isTarget = isInstead || TO.test(words.slice(0, at));
      const isClose = found.length > 0 && CLOSE.test(words.slice(end, at));
      found.push(...match.named.map(named => ({ named, isTarget, isInstead, isClose })));
      end = match.end;
    }
    at = match?.end ?? words.indexOf(' ', at) + 1;
  }
  return found;
}

function matchAt(words: string, at: number): { named: NamedDay[]; end: number } | undefined {
  for (const [pattern, read] of READERS) {
    pattern.lastIndex = at;
    const match = pattern.exec(words);
    const named = match ? read(...match.slice(1)) : [];
    if (match && named.length > 0) return { named, end: pattern.lastIndex };
  }
  return undefined;
}

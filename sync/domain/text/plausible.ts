import type { Language, Text, Variables } from './text.ts';

/**
 * The longest values that are plausible in life, to see what a template becomes on a bad day (`scope.md` F5): a long
 * first name, accents in Spanish that change the encoding (sáb, Sebastián), a late hour, two visits.
 */
export const PLAUSIBLE: Record<Language, Required<Variables>> = {
  en: {
    clinicName: 'Riverside Family Practice',
    clinicPhone: '(847) 555-0100',
    firstName: 'Christopher',
    weekdayDate: 'Wed, Nov 25',
    time: '10:30 AM',
    timeAndPlace: '10:30 AM at Riverside',
    changes: 'Wed, Nov 25 at 10:30 AM at Riverside with Dr. Lindqvist',
    zoneName: 'Mountain Standard Time',
    oldWeekdayDate: 'Wed, Nov 18',
    oldTime: '11:45 AM',
    clinicianName: 'Dr. Lindqvist',
    locationName: 'Riverside',
    telehealthLink: 'https://video.riverside.example/v/appointment-0123',
    howToJoin: 'Join: https://video.riverside.example/v/appointment-0123',
    visits: 'Wed, Nov 25 at Riverside: 1) Christopher 10:30 AM; 2) Alexandria 11:45 AM',
    names: 'Christopher and Alexandria',
    count: '2',
    team: 'our front desk',
    answerBy: 'Wed, Nov 25, 10:30 AM',
  },
  es: {
    clinicName: 'Riverside Family Practice',
    clinicPhone: '(847) 555-0100',
    firstName: 'Sebastián',
    weekdayDate: 'sáb, 28 nov',
    time: '10:30 a.m.',
    timeAndPlace: '10:30 a.m. en Riverside',
    changes: 'el sáb, 28 nov, 10:30 a.m. en Riverside con Dra. Lindqvist',
    zoneName: 'hora de la montaña',
    oldWeekdayDate: 'sáb, 21 nov',
    oldTime: '11:45 a.m.',
    clinicianName: 'Dra. Lindqvist',
    locationName: 'Riverside',
    telehealthLink: 'https://video.riverside.example/v/appointment-0123',
    howToJoin: 'Entre: https://video.riverside.example/v/appointment-0123',
    visits: 'sáb, 28 nov en Riverside: 1) Sebastián 10:30 a.m.; 2) Alejandra 11:45 a.m.',
    names: 'Sebastián y Alejandra',
    count: '2',
    team: 'nuestro equipo',
    answerBy: 'sáb, 28 nov, 10:30 a.m.',
  },
};

/** Visits of which these speak may be so far ahead that their year is said. */
const OF_ANY_YEAR: Text['purpose'][] = ['confirmation', 'notice', 'answer'];

const DATE = { en: /([A-Z][a-z]{2}, [A-Z][a-z]{2} \d+)/g, es: /(\p{L}{3}, \d+ [a-z]{3})/gu };
const YEAR = { en: ', 2026', es: ' 2026' };

/** An answer is promised for these days; and of a move the year is said once. */
const WITHOUT_YEAR = ['answerBy', 'oldWeekdayDate'];

/** The same, and the year where it may be said. */
export function plausibleFor(purpose: Text['purpose'], language: Language): Variables {
  const values = PLAUSIBLE[language];
  if (!OF_ANY_YEAR.includes(purpose)) return values;
  const inFull = Object.entries(values).map(([name, value]) => [
    name,
    WITHOUT_YEAR.includes(name) ? value : value.replace(DATE[language], `$1${YEAR[language]}`),
  ]);
  return Object.fromEntries(inFull);
}

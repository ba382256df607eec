import type { Language, Variables } from './text.ts';

/**
 * The longest values that are plausible in life, to see what a template becomes on a bad day (`scope.md` F5): a long
 * first name, a Saturday or Wednesday in Spanish (its accent changes the encoding), a late hour, two visits.
 * The practice's own name and telephone replace the first two in `rules check`.
 */
export const PLAUSIBLE: Record<Language, Required<Variables>> = {
  en: {
    clinicName: 'Riverside Family Practice',
    clinicPhone: '847-555-0100',
    firstName: 'Christopher',
    weekdayDate: 'Wed, Nov 25',
    time: '10:30 AM',
    zoneName: 'Mountain Standard Time',
    oldWeekdayDate: 'Wed, Nov 18',
    oldTime: '11:45 AM',
    clinicianName: 'Dr. Lindqvist',
    locationName: 'Riverside Clinic',
    telehealthLink: 'https://visit.example.org/j/k3v9qtxw',
    visits: '1) Christopher: Wed, Nov 25, 10:30 AM; 2) Alexandria: Wed, Nov 25, 11:45 AM',
    names: 'Christopher and Alexandria',
    count: '2',
    team: 'our front desk',
    answerBy: 'Wed, Nov 25, 10:30 AM',
  },
  es: {
    clinicName: 'Riverside Family Practice',
    clinicPhone: '847-555-0100',
    firstName: 'Guadalupe',
    weekdayDate: 'mié, 25 nov',
    time: '10:30 a.m.',
    zoneName: 'hora de la montaña',
    oldWeekdayDate: 'sáb, 21 nov',
    oldTime: '11:45 a.m.',
    clinicianName: 'Dra. Lindqvist',
    locationName: 'Riverside Clinic',
    telehealthLink: 'https://visit.example.org/j/k3v9qtxw',
    visits: '1) Guadalupe: mié, 25 nov, 10:30 a.m.; 2) Alejandra: mié, 25 nov, 11:45 a.m.',
    names: 'Guadalupe y Alejandra',
    count: '2',
    team: 'la recepción',
    answerBy: 'mié, 25 nov, 10:30 a.m.',
  },
};

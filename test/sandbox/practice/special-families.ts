import type { Temporal } from 'temporal-polyfill';
import { mobile, type Person } from './person.ts';
import type { Born } from './special-people.ts';
import { MESA, RIVERSIDE } from './staff.ts';

const ROSA_PHONE = '(303) 555-0101';
const BRANDT_PHONE = '312-555-0102';
const MARCHETTI_PHONE = '303-555-0105';

/** Shared numbers, guardians, and the ages at which who may be told what changes. */
export function families(today: Temporal.PlainDate, born: Born): Person[] {
  const rosa = { given: 'Rosa', family: 'Ortega', relation: 'MTH', phone: ROSA_PHONE, language: 'es' } as const;
  const ortega = { family: 'Ortega', site: MESA, language: 'es', telecom: [mobile(ROSA_PHONE)] } as const;
  const child = { ...ortega, telecom: [mobile(ROSA_PHONE)], guardian: rosa };
  const brandt = { family: 'Brandt', site: RIVERSIDE };
  const turning18 = today.subtract({ years: 18 }).add({ days: 5 }).toString();
  return [
    {
      ...ortega,
      id: 'rosa-ortega',
      given: 'Rosa',
      gender: 'female',
      birthDate: born(34),
      telecom: [mobile(ROSA_PHONE)],
      permits: ['sms'],
    },
    { ...child, id: 'diego-ortega', given: 'Diego', gender: 'male', birthDate: born(9) },
    { ...child, id: 'lucia-ortega', given: 'Lucía', gender: 'female', birthDate: born(6) },
    { ...child, id: 'tomas-ortega', given: 'Tomás', gender: 'male', birthDate: born(3) },
    {
      ...brandt,
      id: 'harold-brandt',
      given: 'Harold',
      gender: 'male',
      birthDate: born(71),
      telecom: [mobile(BRANDT_PHONE)],
    },
    {
      ...brandt,
      id: 'irene-brandt',
      given: 'Irene',
      gender: 'female',
      birthDate: born(69),
      telecom: [mobile(BRANDT_PHONE)],
    },
    {
      id: 'noah-whitfield',
      given: 'Noah',
      family: 'Whitfield',
      gender: 'male',
      birthDate: born(10),
      site: RIVERSIDE,
      telecom: [],
      guardian: { given: 'Peter', family: 'Whitfield', relation: 'FTH', phone: '+13125550103' },
      permits: ['sms'],
    },
    {
      id: 'emma-lund',
      given: 'Emma',
      family: 'Lund',
      gender: 'female',
      birthDate: born(13),
      site: RIVERSIDE,
      telecom: [],
      guardian: { given: 'Karin', family: 'Lund', relation: 'MTH', phone: '312.555.0104' },
    },
    {
      id: 'jaylen-brooks',
      given: 'Jaylen',
      family: 'Brooks',
      gender: 'male',
      birthDate: born(8),
      site: MESA,
      telecom: [],
      guardian: { given: 'Odessa', family: 'Brooks', relation: 'GRMTH', phone: '303-555-0104' },
    },
    {
      id: 'zoe-marchetti',
      given: 'Zoe',
      family: 'Marchetti',
      gender: 'female',
      birthDate: born(15),
      site: MESA,
      telecom: [mobile(MARCHETTI_PHONE)],
      guardian: { given: 'Laura', family: 'Marchetti', relation: 'MTH', phone: MARCHETTI_PHONE },
    },
    {
      id: 'caleb-novak',
      given: 'Caleb',
      family: 'Novak',
      gender: 'male',
      birthDate: turning18,
      site: RIVERSIDE,
      telecom: [mobile('312-555-0106')],
      guardian: { given: 'Jana', family: 'Novak', relation: 'MTH', phone: '312-555-0107' },
    },
    {
      id: 'leo-vance',
      given: 'Leo',
      family: 'Vance',
      gender: 'male',
      birthDate: born(11),
      site: RIVERSIDE,
      telecom: [],
    },
  ];
}

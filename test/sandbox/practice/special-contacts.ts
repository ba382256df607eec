import { email, homePhone, mobile, type Person } from './person.ts';
import type { Born } from './special-people.ts';
import { MESA, RIVERSIDE } from './staff.ts';

/** No address, the wrong kind of address, or one in another time zone. */
export function hardToReach(born: Born): Person[] {
  return [
    {
      id: 'samuel-ito',
      given: 'Samuel',
      family: 'Ito',
      gender: 'male',
      birthDate: born(58),
      site: RIVERSIDE,
      telecom: [],
    },
    {
      id: 'dorothy-hale',
      given: 'Dorothy',
      family: 'Hale',
      gender: 'female',
      birthDate: born(83),
      site: RIVERSIDE,
      telecom: [homePhone('(312) 555-0110')],
    },
    {
      id: 'priyanka-nair',
      given: 'Priyanka',
      family: 'Nair',
      gender: 'female',
      birthDate: born(29),
      site: MESA,
      telecom: [email('priyanka.nair@example.org')],
    },
    {
      id: 'victor-sandoval',
      given: 'Victor',
      family: 'Sandoval',
      gender: 'male',
      birthDate: born(47),
      site: MESA,
      telecom: [mobile('303-555-0111', { use: 'old', period: { start: '2019-02-01', end: '2024-08-31' } })],
    },
    {
      id: 'ruth-abernathy',
      given: 'Ruth',
      family: 'Abernathy',
      gender: 'female',
      birthDate: born(52),
      site: RIVERSIDE,
      telecom: [{ system: 'phone', use: 'work', value: '312-555-0112 x214' }],
    },
    {
      id: 'tessa-quill',
      given: 'Tessa',
      family: 'Quill',
      gender: 'female',
      birthDate: born(38),
      site: RIVERSIDE,
      telecom: [mobile('+1 213 555 0113')],
      home: { city: 'Pasadena', state: 'CA', zip: '91101' },
    },
  ];
}

/** What people asked for: a medium, a language, silence. */
export function choices(born: Born): Person[] {
  return [
    {
      id: 'celeste-moreau',
      given: 'Celeste',
      family: 'Moreau',
      gender: 'female',
      birthDate: born(44),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0120', { rank: 2 }), email('celeste.moreau@example.org', { rank: 1 })],
    },
    {
      id: 'george-papas',
      given: 'George',
      family: 'Papas',
      gender: 'male',
      birthDate: born(77),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0121', { rank: 2 }), homePhone('312-555-0122', { rank: 1 })],
    },
    {
      id: 'minh-tran',
      given: 'Minh',
      family: 'Tran',
      gender: 'male',
      birthDate: born(63),
      site: MESA,
      language: 'vi',
      telecom: [mobile('303-555-0120')],
    },
    {
      id: 'ana-reyes',
      given: 'Ana',
      family: 'Reyes',
      gender: 'female',
      birthDate: born(41),
      site: RIVERSIDE,
      language: 'es',
      telecom: [mobile('+1 312 555 0123')],
      permits: ['sms'],
    },
    {
      id: 'kelly-brennan',
      given: 'Kelly',
      family: 'Brennan',
      gender: 'other',
      birthDate: born(33),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0124')],
      refuses: ['sms'],
    },
    {
      id: 'oscar-feld',
      given: 'Oscar',
      family: 'Feld',
      gender: 'male',
      birthDate: born(56),
      site: MESA,
      telecom: [mobile('303-555-0125'), email('oscar.feld@example.org')],
      refuses: ['sms', 'email'],
    },
    {
      id: 'nadia-haddad',
      given: 'Nadia',
      family: 'Haddad',
      gender: 'female',
      birthDate: born(36),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0126')],
      permits: ['sms'],
    },
  ];
}

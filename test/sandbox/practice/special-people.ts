import type { Temporal } from 'temporal-polyfill';
import { mobile, type Person } from './person.ts';
import { choices, hardToReach } from './special-contacts.ts';
import { families } from './special-families.ts';
import { MESA, RIVERSIDE } from './staff.ts';

/**
 * The people who make messaging hard, one difficulty each; `special-visits.ts` gives each a visit.
 * Their numbers are in 312 and 303, the crowd's in 773 and 720: a number shared here is shared on purpose.
 */
export function specialPeople(today: Temporal.PlainDate): Person[] {
  const born = (years: number): string => today.subtract({ years, months: 4, days: 11 }).toString();
  return [...families(today, born), ...hardToReach(born), ...choices(born), ...records(born)];
}

/** The birth date of somebody of that many years, well away from a birthday. */
export type Born = (years: number) => string;

/** Records that must not be taken at their word. */
function records(born: Born): Person[] {
  const margaret = {
    given: 'Margaret',
    family: "O'Donnell",
    gender: 'female',
    birthDate: born(66),
    site: MESA,
  } as const;
  return [
    {
      id: 'walter-simms',
      given: 'Walter',
      family: 'Simms',
      gender: 'male',
      birthDate: born(68).slice(0, 4),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0130')],
    },
    {
      id: 'edith-carroway',
      given: 'Edith',
      family: 'Carroway',
      gender: 'female',
      birthDate: born(88),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0131')],
      deceased: true,
    },
    { ...margaret, id: 'margaret-odonnell', telecom: [mobile('303-555-0132')] },
    {
      ...margaret,
      id: 'margaret-odonnell-old',
      given: 'Maggie',
      telecom: [mobile('303-555-0133')],
      mergedInto: 'margaret-odonnell',
    },
    {
      id: 'evelyn-marsh',
      given: 'Evelyn',
      family: 'Marsh',
      gender: 'female',
      birthDate: born(49),
      site: MESA,
      telecom: [mobile('303-555-0134')],
      restricted: true,
    },
    {
      id: 'test-zzloopkeeper',
      given: 'Test',
      family: 'Zzloopkeeper',
      gender: 'other',
      birthDate: born(30),
      site: RIVERSIDE,
      telecom: [mobile('312-555-0199')],
      test: true,
    },
  ];
}

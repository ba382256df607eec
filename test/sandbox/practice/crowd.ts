import type { ContactPoint } from '@medplum/fhirtypes';
import type { Temporal } from 'temporal-polyfill';
import { givenNames, nameAt } from './names.ts';
import { email, type Guardian, mobile, type Person } from './person.ts';
import type { Random } from './random.ts';
import { MESA, RIVERSIDE } from './staff.ts';

/** How people and old systems write numbers: the same digits, five ways. */
const WRITTEN: readonly ((area: string, last4: string) => string)[] = [
  (area, last4) => `(${area}) 555-${last4}`,
  (area, last4) => `${area}-555-${last4}`,
  (area, last4) => `+1 ${area} 555 ${last4}`,
  (area, last4) => `+1${area}555${last4}`,
  (area, last4) => `${area}.555.${last4}`,
];

/** Eighty-four ordinary people, one with each number of 773 (Riverside) and 720 (Mesa); every seventh is a child. */
export function crowd(random: Random, today: Temporal.PlainDate): Person[] {
  return [...Array(84).keys()].map(index => ordinary(index, random, today));
}

function ordinary(index: number, random: Random, today: Temporal.PlainDate): Person {
  const language = index % 5 === 2 ? 'es' : 'en';
  const gender = random.pick(['female', 'male'] as const);
  const { given, family } = nameAt(index, language, gender);
  const [site, area] = index % 2 === 0 ? ([RIVERSIDE, '773'] as const) : ([MESA, '720'] as const);
  const phone = random.pick(WRITTEN)(area, `0${100 + index}`);
  const isChild = index % 7 === 3;
  const age = isChild ? 1 + Math.floor(random.next() * 15) : 19 + Math.floor(random.next() * 68);
  const birthDate = today.subtract({ years: age, days: 20 + Math.floor(random.next() * 320) }).toString();
  const id = `${plain(given)}-${plain(family)}`;
  const person: Person = { id, given, family, gender, birthDate, site, language, telecom: [] };
  if (isChild) return { ...person, guardian: parent(random, language, family, phone) };
  const hasEmail = random.next() < 0.6;
  const address: ContactPoint[] = hasEmail ? [email(`${id}@example.org`)] : [];
  const permits = random.next() < 0.25 ? { permits: ['sms'] as const } : {};
  return { ...person, telecom: [mobile(phone), ...address], ...permits };
}

function parent(random: Random, language: 'en' | 'es', family: string, phone: string): Guardian {
  const isMother = random.next() < 0.6;
  const given = random.pick(givenNames(language, isMother ? 'female' : 'male'));
  return { given, family, relation: isMother ? 'MTH' : 'FTH', phone, language };
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();

import type { Instant } from '../clock.ts';
import { addressesOf } from '../facts/address.ts';
import type { PatientFacts } from '../plan/facts.ts';
import type { Clinic } from '../policy/clinic.ts';
import { ageOn, localDate } from '../time.ts';

/** Where and when something was written. */
export interface From {
  address: string;
  at: Instant;
  clinic: Pick<Clinic, 'country' | 'zone' | 'adultAge'>;
}

/** Whose words these may be, as the chart has it: "Ana", "Elena (for Mia or Leo)", or all of whom each may be. */
export function whoWrote(patients: PatientFacts[], from: From): string {
  const groups = Map.groupBy(patients, one => writerOf(one, from));
  const people = [...groups].flatMap(([writer, theirs]) => {
    const names = theirs.map(({ patient }) => patient?.firstName ?? 'a patient without a name');
    return writer === THEMSELVES ? names : [writer.replace(NAMES, names.join(' or '))];
  });
  const [only, ...others] = people;
  if (!only) return 'Somebody we do not know';
  return others.length > 0 ? `One of those who share a number, ${people.join(' or ')},` : only.replace(/^./, upper);
}

const NAMES = '{names}';
const THEMSELVES = NAMES;

/** Who writes for this patient from there. A child born last year does not; one of sixteen may, from a telephone that
 *  no grown-up of theirs is known by. */
function writerOf({ patient, relatedPersons }: PatientFacts, { address, at, clinic }: From): string {
  const age = ageOn(patient?.birthDate, localDate(at, clinic.zone));
  if (age === undefined || age >= clinic.adultAge) return THEMSELVES;
  const there = relatedPersons.filter(
    ({ active, telecom }) => active && addressesOf(telecom, clinic.country, at).some(one => one.address === address),
  );
  if (there.length === 0) return `somebody with the telephone of ${NAMES}`;
  const named = [...new Set(there.flatMap(({ firstName }) => firstName ?? []))].join(' or ');
  return named ? `${named} (for ${NAMES})` : `the parent or guardian of ${NAMES}`;
}

const upper = (letter: string) => letter.toUpperCase();

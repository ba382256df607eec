import type { Instant } from '../clock.ts';
import { type Address, addressesOf } from '../facts/address.ts';
import type { Reference } from '../facts/fact.ts';
import type { RelatedPersonFact } from '../facts/patient.ts';
import type { Policy } from '../policy/policy.ts';
import { zonesOf } from '../policy/state-zones.ts';
import type { Reason } from '../reasons.ts';
import { ageOn, localDate } from '../time.ts';
import { mayWrite } from './consent.ts';
import type { PatientFacts } from './facts.ts';
import { languageFor } from './language-of.ts';
import { saysDeceased } from './visit.ts';

export interface Recipient {
  recipient: Reference;
  asGuardian: boolean;
  medium: 'sms' | 'email';
  address: string;
  shared: boolean;
  language: string;
  /** It is not theirs. */
  languageMissing: boolean;
  /** And a person has to see to that. */
  languageTask: boolean;
  zones: string[];
}

export type Route = Recipient | { cannot: Reason };

/** Relations that act for a child (v3-RoleCode, v2-0131). An emergency contact has no right to read (`standards.md` §1.7). */
const GUARDIAN = /\|(MTH|FTH|PRN|NMTH|NFTH|ADOPTP|STPMTH|STPFTH|STPPRN|FSTPRN|GUARD|HPOWATT|POWATT|GUADLTM)$/;

/**
 * Who is told, how and where; or the first reason why nobody can be. Asked when planning and again at the moment of
 * sending: people die, merge, turn eighteen, change numbers and say stop in between (law 4, `scope.md` E6–E15).
 */
export function routeTo(facts: PatientFacts, policy: Policy, now: Instant, confidential: boolean): Route {
  const stop = neverWrite(facts);
  if (stop) return { cannot: stop };
  const people = readersOf(facts, policy, now, confidential);
  if (people.length === 0) return { cannot: 'minor-without-guardian' };
  return firstRoute(people, facts, policy, now, confidential);
}

/** Who reads what is written about this patient: the grown-up themselves, a child's guardians. Nobody for a child without. */
function readersOf({ patient, relatedPersons }: PatientFacts, policy: Policy, now: Instant, confidential: boolean) {
  if (!patient) return [];
  const { reference, telecom, languages } = patient;
  const age = ageOn(patient.birthDate, localDate(now, policy.clinic.zone));
  // An unknown age counts as adult: the number on the chart is then all the practice has agreed on.
  if (age === undefined || age >= policy.clinic.adultAge || confidential)
    return [{ reference, telecom, languages, asGuardian: false }];
  const guardians = relatedPersons.filter(person => isGuardian(person, now));
  return guardians.map(g => ({
    reference: g.reference,
    telecom: g.telecom,
    languages: g.languages.length > 0 ? g.languages : languages,
    asGuardian: true,
  }));
}

/** May what concerns this patient be spoken of at this address? People die, turn eighteen and change numbers (law 4). */
export function mayReadAt(address: string, facts: PatientFacts, policy: Policy, now: Instant): boolean {
  if (neverWrite(facts)) return false;
  // A child is written to about what is confidential, and may answer.
  const people = [false, true].flatMap(confidential => readersOf(facts, policy, now, confidential));
  const telecom = people.flatMap(person => person.telecom);
  return addressesOf(telecom, policy.clinic.country, now).some(one => one.address === address);
}

/** Nothing at all is planned for these people, neither words nor calls (`scope.md` E13, E15). */
export function neverWrite({ patient, appointments }: PatientFacts): Reason | undefined {
  if (!patient) return 'patient-unknown';
  if (patient.merged) return 'patient-merged';
  if (patient.deceased || appointments.some(({ fact }) => saysDeceased(patient.reference, fact)))
    return 'patient-deceased';
  if (!patient.active) return 'patient-inactive';
  if (patient.restricted) return 'patient-restricted';
  return patient.tags.some(tag => tag.endsWith('|HTEST')) ? 'patient-test' : undefined;
}

const isGuardian = (person: RelatedPersonFact, now: Instant) =>
  person.active &&
  (person.startsAt === undefined || person.startsAt <= now) &&
  (person.endsAt === undefined || person.endsAt > now) &&
  person.relationship.some(code => GUARDIAN.test(code));

interface Person {
  reference: Reference;
  telecom: RelatedPersonFact['telecom'];
  languages: string[];
  asGuardian: boolean;
}

function firstRoute(people: Person[], facts: PatientFacts, policy: Policy, now: Instant, confidential: boolean): Route {
  const routes = people.map(person => routeToPerson(person, facts, policy, now, confidential));
  return routes.find(route => 'recipient' in route) ?? routes[0] ?? { cannot: 'no-address' };
}

function routeToPerson(
  person: Person,
  facts: PatientFacts,
  policy: Policy,
  now: Instant,
  confidential: boolean,
): Route {
  const addresses = addressesOf(person.telecom, policy.clinic.country, now);
  const preferred = addresses[0];
  if (preferred?.preferred && preferred.medium === 'phone' && !preferred.problem) return { cannot: 'prefers-phone' };
  const { language, because, task } = languageFor(person.languages, policy);
  if (language === undefined) return { cannot: 'language-missing' };
  const inWords = { language, languageMissing: because === 'language-missing', languageTask: task };
  let reason: Reason = addresses.length > 0 ? 'address-not-textable' : 'no-address';
  for (const address of addresses) {
    if (address.medium === 'phone') {
      reason = address.problem ?? reason;
      continue;
    }
    const problem = address.problem ?? whyNot(address, address.medium, facts, policy, now, confidential);
    if (!problem) return { ...recipientOf(person, address, facts, policy), medium: address.medium, ...inWords };
    reason = problem;
    // A wish is not evaded by another medium; a broken address is.
    if (problem === 'opted-out' || problem === 'confidential-visit') break;
  }
  return { cannot: reason };
}

const recipientOf = (person: Person, { address }: Address, facts: PatientFacts, { clinic }: Policy) => ({
  recipient: person.reference,
  asGuardian: person.asGuardian,
  address,
  shared: (facts.sharedAddresses[address] ?? []).length > 0,
  zones: zonesOf(facts.patient?.state, clinic),
});

function whyNot(
  { address }: Address,
  medium: 'sms' | 'email',
  facts: PatientFacts,
  policy: Policy,
  now: Instant,
  confidential: boolean,
): Reason | undefined {
  const bad = facts.badAddresses[address];
  if (bad) return bad;
  if (confidential && isReadByOthers(address, facts, policy, now)) return 'confidential-visit';
  return mayWrite(medium, address, facts, policy, now);
}

/** Another patient's number, or one of anybody related to this patient: a mother's is not her daughter's (E8). */
function isReadByOthers(address: string, facts: PatientFacts, { clinic }: Policy, now: Instant): boolean {
  const related = facts.relatedPersons.flatMap(person => addressesOf(person.telecom, clinic.country, now));
  return (facts.sharedAddresses[address] ?? []).length > 0 || related.some(one => one.address === address);
}

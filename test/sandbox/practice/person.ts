import type { Consent, ContactPoint, Patient, RelatedPerson } from '@medplum/fhirtypes';
import { coding, concept, SYSTEM } from './codes.ts';
import { PRACTICE, type Site } from './staff.ts';

export type Medium = 'sms' | 'email';

export type Guardian = {
  given: string;
  family: string;
  relation: 'MTH' | 'FTH' | 'GUARD' | 'GRMTH';
  phone: string;
  language?: string;
};

/** One person of the practice, before it becomes FHIR. Everything not said here is ordinary. */
export type Person = {
  /** Without the type: `ana-reyes` becomes `Patient/patient-ana-reyes`. */
  id: string;
  given: string;
  family: string;
  gender: 'female' | 'male' | 'other';
  /** A full date, or a year alone. */
  birthDate: string;
  site: Site;
  telecom: ContactPoint[];
  language?: string;
  guardian?: Guardian;
  deceased?: true;
  mergedInto?: string;
  restricted?: true;
  test?: true;
  /** Set when the person lives far from the clinic, in another time zone. */
  home?: { city: string; state: string; zip: string };
  permits?: readonly Medium[];
  refuses?: readonly Medium[];
};

export const mobile = (value: string, more: Partial<ContactPoint> = {}): ContactPoint => ({
  system: 'phone',
  use: 'mobile',
  value,
  ...more,
});
export const homePhone = (value: string, more: Partial<ContactPoint> = {}): ContactPoint => ({
  ...mobile(value, more),
  use: 'home',
});
export const email = (value: string, more: Partial<ContactPoint> = {}): ContactPoint => ({
  system: 'email',
  use: 'home',
  value,
  ...more,
});

export const patientRef = (person: Person): string => `Patient/patient-${person.id}`;

const LANGUAGES: Record<string, string> = { en: 'English', es: 'Spanish', vi: 'Vietnamese' };

const communication = (code: string): Patient['communication'] => [
  { language: concept(SYSTEM.language, code, LANGUAGES[code]), preferred: true },
];

function meta(person: Person): Pick<Patient, 'meta'> {
  const test = coding(SYSTEM.actReason, 'HTEST', 'test health data');
  if (person.test) return { meta: { security: [test], tag: [test] } };
  if (person.restricted) return { meta: { security: [coding(SYSTEM.confidentiality, 'R', 'restricted')] } };
  return {};
}

/** Only the merged record points: the survivor's `replaces` would refer to a resource that is not there yet. */
const links = (person: Person): Pick<Patient, 'link'> =>
  person.mergedInto
    ? { link: [{ other: { reference: `Patient/patient-${person.mergedInto}` }, type: 'replaced-by' }] }
    : {};

export function patient(person: Person, number: number): Patient {
  const here = person.site.zone === 'America/Chicago' ? ['Riverside', 'IL', '60546'] : ['Mesa', 'CO', '81643'];
  const [city, state, postalCode] = person.home ? [person.home.city, person.home.state, person.home.zip] : here;
  return {
    resourceType: 'Patient',
    id: `patient-${person.id}`,
    ...meta(person),
    identifier: [{ system: 'https://riverside.example/mrn', value: `R-${10_000 + number}` }],
    active: !person.mergedInto,
    name: [{ use: 'official', family: person.family, given: [person.given] }],
    ...(person.telecom.length > 0 ? { telecom: person.telecom } : {}),
    gender: person.gender,
    birthDate: person.birthDate,
    ...(person.deceased ? { deceasedBoolean: true } : {}),
    address: [{ use: 'home', line: [`${100 + number} Sample Street`], city, state, postalCode, country: 'US' }],
    communication: communication(person.language ?? 'en'),
    managingOrganization: { reference: PRACTICE },
    ...links(person),
  };
}

export function relatedPerson(person: Person): RelatedPerson[] {
  const guardian = person.guardian;
  if (!guardian) return [];
  const name = [{ family: guardian.family, given: [guardian.given] }];
  return [
    {
      resourceType: 'RelatedPerson',
      id: guardianId(person),
      active: true,
      patient: { reference: patientRef(person) },
      relationship: [concept(SYSTEM.roleCode, guardian.relation, RELATIONS[guardian.relation])],
      name,
      telecom: [mobile(guardian.phone)],
      ...(guardian.language ? { communication: communication(guardian.language) } : {}),
    },
  ];
}

/** R4 binds a RelatedPerson to one patient, so a mother of three is three of them. */
export const guardianId = (person: Person): string => `guardian-of-${person.id}`;

const RELATIONS = { MTH: 'mother', FTH: 'father', GUARD: 'guardian', GRMTH: 'grandmother' } as const;

export function consents(person: Person, dateTime: string): Consent[] {
  const given = (person.permits ?? []).map(medium => consent(person, medium, 'permit', dateTime));
  const refused = (person.refuses ?? []).map(medium => consent(person, medium, 'deny', dateTime));
  return [...given, ...refused];
}

function consent(person: Person, medium: Medium, type: 'permit' | 'deny', dateTime: string): Consent {
  return {
    resourceType: 'Consent',
    id: `consent-${person.id}-${medium}`,
    status: 'active',
    scope: concept(SYSTEM.consentScope, 'patient-privacy'),
    category: [concept(SYSTEM.consentCategory, 'messaging', 'Messages to the patient')],
    patient: { reference: patientRef(person) },
    dateTime,
    performer: [{ reference: person.guardian ? `RelatedPerson/${guardianId(person)}` : patientRef(person) }],
    organization: [{ reference: PRACTICE }],
    // ppc-1: a Consent must name a policy or a policy rule.
    policyRule: concept(SYSTEM.actCode, type === 'permit' ? 'OPTIN' : 'OPTOUT'),
    provision: { type, code: [concept(SYSTEM.medium, medium)] },
  };
}

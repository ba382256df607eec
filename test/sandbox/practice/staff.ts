import type { Location, Organization, Practitioner, PractitionerRole, Resource } from '@medplum/fhirtypes';
import { concept, SYSTEM, TIMEZONE_URL } from './codes.ts';

export const PRACTICE = 'Organization/organization-riverside';

export type Site = { id: 'location-riverside' | 'location-mesa'; name: string; zone: string };

export const RIVERSIDE: Site = { id: 'location-riverside', name: 'Riverside Clinic', zone: 'America/Chicago' };
export const MESA: Site = { id: 'location-mesa', name: 'Mesa Clinic', zone: 'America/Denver' };
export const SITES = [RIVERSIDE, MESA] as const;

export type Clinician = {
  id: string;
  given: string;
  family: string;
  prefix: string;
  suffix: string;
  site: Site;
  seesChildren: boolean;
  specialty: readonly [snomed: string, display: string];
};

const family = ['419772000', 'Family practice'] as const;

export const OKAFOR: Clinician = {
  id: 'practitioner-okafor',
  given: 'Ngozi',
  family: 'Okafor',
  prefix: 'Dr.',
  suffix: 'MD',
  site: RIVERSIDE,
  seesChildren: true,
  specialty: family,
};
export const LINDQVIST: Clinician = {
  id: 'practitioner-lindqvist',
  given: 'Erik',
  family: 'Lindqvist',
  prefix: 'Dr.',
  suffix: 'MD',
  site: RIVERSIDE,
  seesChildren: false,
  specialty: ['419192003', 'Internal medicine'],
};
export const RAMAN: Clinician = {
  id: 'practitioner-raman',
  given: 'Priya',
  family: 'Raman',
  prefix: '',
  suffix: 'FNP',
  site: MESA,
  seesChildren: true,
  specialty: ['394537008', 'Pediatric specialty'],
};
export const VEGA: Clinician = {
  id: 'practitioner-vega',
  given: 'Marisol',
  family: 'Vega',
  prefix: 'Dr.',
  suffix: 'MD',
  site: MESA,
  seesChildren: false,
  specialty: family,
};
export const CLINICIANS = [OKAFOR, LINDQVIST, RAMAN, VEGA] as const;

export const clinicianName = (who: Clinician): string =>
  [who.prefix, who.given, who.family].filter(Boolean).join(' ') + (who.prefix ? '' : `, ${who.suffix}`);

function organization(id: string, name: string, phone: string): Organization {
  return {
    resourceType: 'Organization',
    id,
    active: true,
    name,
    telecom: [{ system: 'phone', use: 'work', value: phone }],
  };
}

function location(site: Site, phone: string, street: string, city: string, state: string, zip: string): Location {
  return {
    resourceType: 'Location',
    id: site.id,
    extension: [{ url: TIMEZONE_URL, valueCode: site.zone }],
    status: 'active',
    name: site.name,
    mode: 'instance',
    telecom: [{ system: 'phone', use: 'work', value: phone }],
    address: { use: 'work', line: [street], city, state, postalCode: zip, country: 'US' },
    managingOrganization: { reference: PRACTICE },
    hoursOfOperation: [
      { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], openingTime: '08:00:00', closingTime: '17:00:00' },
    ],
  };
}

function practitioner(who: Clinician): Practitioner {
  const prefix = who.prefix ? { prefix: [who.prefix] } : {};
  return {
    resourceType: 'Practitioner',
    id: who.id,
    active: true,
    name: [
      {
        use: 'official',
        text: clinicianName(who),
        family: who.family,
        given: [who.given],
        ...prefix,
        suffix: [who.suffix],
      },
    ],
    telecom: [{ system: 'email', use: 'work', value: `${who.family.toLowerCase()}@example.org` }],
  };
}

function role(who: Clinician): PractitionerRole {
  return {
    resourceType: 'PractitionerRole',
    id: who.id.replace('practitioner-', 'role-'),
    active: true,
    practitioner: { reference: `Practitioner/${who.id}`, display: clinicianName(who) },
    organization: { reference: PRACTICE },
    location: [{ reference: `Location/${who.site.id}` }],
    code: [
      who.suffix === 'MD'
        ? concept(SYSTEM.practitionerRole, 'doctor', 'Doctor')
        : concept(SYSTEM.practitionerRole, 'nurse', 'Nurse'),
    ],
    specialty: [concept(SYSTEM.snomed, ...who.specialty)],
  };
}

/** Specialists outside the practice: where referrals go. */
export const SPECIALISTS = [
  organization('organization-lakeside-cardiology', 'Lakeside Cardiology', '+1 312 555 0190'),
  organization('organization-high-plains-specialists', 'High Plains Specialists', '+1 303 555 0190'),
  organization('organization-summit-imaging-and-surgery', 'Summit Imaging and Surgery', '+1 303 555 0191'),
] as const;

export function staff(): Resource[] {
  return [
    organization('organization-riverside', 'Riverside Family Practice', '+1 847 555 0100'),
    ...SPECIALISTS,
    location(RIVERSIDE, '+1 847 555 0100', '12 Wharf Street', 'Riverside', 'IL', '60546'),
    location(MESA, '+1 970 555 0100', '480 Canyon Road', 'Mesa', 'CO', '81643'),
    ...CLINICIANS.map(practitioner),
    ...CLINICIANS.map(role),
  ];
}

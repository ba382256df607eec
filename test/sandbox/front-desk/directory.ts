import type { Patient, Practitioner, PractitionerRole } from '@medplum/fhirtypes';
import { TIMEZONE_URL } from '../practice/codes.ts';
import type { SandboxStore } from '../store.ts';

export type Site = { id: string; name: string; zone: string };
export type Clinician = { id: string; name: string; siteId: string | undefined };

/** Who and what the desk can put on a page, looked up by reference. */
export type Directory = {
  sites: readonly Site[];
  clinicians: readonly Clinician[];
  patients: ReadonlyMap<string, Patient>;
};

export async function readDirectory(store: SandboxStore): Promise<Directory> {
  const [locations, practitioners, roles, patients] = await Promise.all([
    store.search('Location'),
    store.search('Practitioner'),
    store.search('PractitionerRole'),
    store.search('Patient'),
  ]);
  // Without the extension nothing says where the place is: UTC is shown by its name, so nobody takes it for local.
  const sites = locations.map(({ id, name, extension }) => {
    const zone = extension?.find(({ url }) => url === TIMEZONE_URL)?.valueCode;
    return { id, name: name ?? id, zone: zone ?? 'UTC' };
  });
  return {
    sites,
    clinicians: practitioners
      .map(one => clinician(one, roles))
      .sort((a, b) => siteOrder(sites, a) - siteOrder(sites, b)),
    patients: new Map(patients.map(patient => [`Patient/${patient.id}`, patient])),
  };
}

const siteOrder = (sites: readonly Site[], { siteId }: Clinician): number => sites.findIndex(({ id }) => id === siteId);

function clinician(one: Practitioner, roles: readonly PractitionerRole[]): Clinician {
  const id = one.id ?? '';
  const role = roles.find(({ practitioner }) => practitioner?.reference === `Practitioner/${id}`);
  const name = one.name?.[0];
  return {
    id,
    name: name?.text ?? [...(name?.prefix ?? []), ...(name?.given ?? []), name?.family].filter(Boolean).join(' '),
    siteId: role?.location?.[0]?.reference?.replace('Location/', ''),
  };
}

export function patientName(patient: Patient): string {
  const name = patient.name?.find(({ use }) => use === 'official') ?? patient.name?.[0];
  const full = name?.text ?? [...(name?.given ?? []), name?.family].filter(Boolean).join(' ');
  return full || `Patient ${patient.id}`;
}

export const recordNumbers = ({ identifier }: Patient): string[] =>
  (identifier ?? []).flatMap(({ value }) => value ?? []);

/** What a search box looks through: names, birth date, numbers as they stand and as digits alone, record numbers. */
export function patientSearch(patient: Patient): string {
  const reached = (patient.telecom ?? []).flatMap(({ value }) => value ?? []);
  const digits = reached.filter(value => !value.includes('@')).map(value => value.replace(/\D/g, ''));
  const spoken = (patient.communication ?? []).map(({ language }) => language.text ?? language.coding?.[0]?.code);
  const names = [patientName(patient), ...(patient.name ?? []).flatMap(({ given = [], family }) => [...given, family])];
  const all = [...names, patient.birthDate, ...reached, ...digits, ...recordNumbers(patient), patient.id, ...spoken];
  return [...new Set([...all, ...patientWarnings(patient)].filter(Boolean))].join(' ');
}

/** What a person at the desk must see beside a name before anything else. */
export function patientWarnings(patient: Patient): string[] {
  const codes = [...(patient.meta?.tag ?? []), ...(patient.meta?.security ?? [])].map(({ code }) => code);
  const warnings = [
    isDeceased(patient) && 'deceased',
    patient.link?.some(({ type }) => type === 'replaced-by') ? 'merged' : patient.active === false && 'inactive',
    codes.includes('R') && 'restricted',
    codes.includes('HTEST') && 'test patient',
  ];
  return warnings.filter(warning => warning !== false);
}

export const isDeceased = (patient: Patient): boolean =>
  patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined;

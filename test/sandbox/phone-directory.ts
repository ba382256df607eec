import type { Patient, RelatedPerson } from '@medplum/fhirtypes';
import { addressesOf } from '../../sync/domain/facts/address.ts';
import { referenceOf } from '../../sync/domain/facts/fhir.ts';
import type { Clinic } from '../../sync/domain/policy/clinic.ts';
import type { PhoneOwner } from '../../sync/http/phone-page/lines.ts';
import type { SandboxEhr } from './ehr.ts';

/** Everybody in the sandbox's chart whom the practice could write to, for the phone page. */
export async function phoneDirectory(
  { store }: Pick<SandboxEhr, 'store'>,
  clinic: Pick<Clinic, 'stateZones' | 'zone' | 'country'>,
  now: string,
): Promise<PhoneOwner[]> {
  const patients = (await store.search('Patient')).filter(
    (r): r is Patient & { id: string } => r.resourceType === 'Patient',
  );
  const relations = (await store.search('RelatedPerson')).filter(
    (r): r is RelatedPerson & { id: string } => r.resourceType === 'RelatedPerson',
  );
  const zones = new Map(
    patients.map(p => [`Patient/${p.id}`, clinic.stateZones[p.address?.[0]?.state ?? '']?.[0] ?? clinic.zone]),
  );
  const owner = (person: (Patient | RelatedPerson) & { id: string }, zone: string): PhoneOwner => ({
    reference: `${person.resourceType}/${person.id}`,
    name: [person.name?.[0]?.given?.join(' '), person.name?.[0]?.family].filter(Boolean).join(' ') || 'No name',
    timeZone: zone,
    addresses: addressesOf(person.telecom ?? [], clinic.country, now).flatMap(({ medium, address, problem }) =>
      medium === 'phone' || problem ? [] : [{ medium, address }],
    ),
  });
  const everybody: PhoneOwner[] = [
    ...patients.map(patient => owner(patient, zones.get(`Patient/${patient.id}`) ?? clinic.zone)),
    ...relations.map(person => {
      const child = referenceOf(person.patient) ?? '';
      return { ...owner(person, zones.get(child) ?? clinic.zone), standsFor: [child] };
    }),
  ].filter(one => one.addresses.length > 0);
  // A mother of two stands in the chart once for each child, and may be a patient too; she has one phone.
  const known = new Map<string, PhoneOwner>();
  for (const one of everybody) {
    const { addresses, name, reference, standsFor = [] } = one;
    const who = JSON.stringify([name, addresses]);
    const before = known.get(who);
    const others = before ? [...(before.standsFor ?? []), reference] : [];
    known.set(who, { ...(before ?? one), standsFor: [...others, ...standsFor] });
  }
  return [...known.values()];
}

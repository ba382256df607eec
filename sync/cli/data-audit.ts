import type { Resource } from '@medplum/fhirtypes';
import { addressesOf } from '../domain/facts/address.ts';
import { readAppointment } from '../domain/facts/appointment.ts';
import { readConsent } from '../domain/facts/consent.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { readPatient } from '../domain/facts/patient.ts';
import type { Clinic } from '../domain/policy/clinic.ts';
import { ageOn, localDate } from '../domain/time.ts';

/** One kind of trouble in the data, and the records that have it (DQA1). */
export interface Trouble {
  what: string;
  records: string[];
}

/** What would make messages go wrong or nowhere, found before the first one is sent (DQA2). Pure. */
export function auditData(resources: Resource[], clinic: Clinic, now: string): Trouble[] {
  const troubles = new Map<string, string[]>();
  const note = (what: string, record: string) => troubles.set(what, [...(troubles.get(what) ?? []), record]);
  const consented = new Set(
    resources.flatMap(r => {
      const read = r.resourceType === 'Consent' ? readConsent(r) : undefined;
      return read && 'fact' in read && (read.fact.media.length === 0 || read.fact.media.includes('sms'))
        ? [read.fact.patient]
        : [];
    }),
  );
  const guarded = new Set(
    resources.flatMap(r => (r.resourceType === 'RelatedPerson' ? (r.patient?.reference ?? []) : [])),
  );
  const same = new Map<string, string[]>();
  const users = new Map<string, Set<string>>();
  for (const resource of resources) {
    if (resource.resourceType === 'Appointment') auditVisit(resource, clinic, note);
    if (resource.resourceType !== 'Patient' || resource.active === false) continue;
    const record = idOf(resource);
    const read = readPatient(resource);
    if ('unusable' in read) {
      note('Patient records that cannot be used', record);
      continue;
    }
    const { fact } = read;
    const addresses = addressesOf(fact.telecom, clinic.country, now);
    if (addresses.length === 0) note('Patients without any number or address', record);
    else if (!addresses.some(a => a.medium !== 'phone' && !a.problem)) note('Patients who can only be called', record);
    if (addresses.some(a => a.problem)) note('Patients with a number or address that is not valid', record);
    if (!fact.birthDate) note('Patients without a birth date', record);
    if (fact.languages.length === 0) note('Patients without a language', record);
    const age = ageOn(fact.birthDate, localDate(now, clinic.zone));
    if (age !== undefined && age < clinic.adultAge && !guarded.has(record)) note('Minors without a guardian', record);
    if (!consented.has(record))
      note(`Charts without an SMS Consent (the practice's policy: ${clinic.consent.sms.withoutRecord})`, record);
    const who = `${resource.name?.[0]?.family ?? ''} ${fact.firstName ?? ''} ${fact.birthDate ?? ''}`.toLowerCase();
    same.set(who, [...(same.get(who) ?? []), record]);
    for (const { address, medium } of addresses)
      if (medium === 'sms') users.set(address, (users.get(address) ?? new Set()).add(record));
  }
  for (const records of same.values())
    if (records.length > 1) for (const r of records) note('Possible duplicates: same name and birth date', r);
  for (const people of users.values())
    if (people.size > 1) for (const r of people) note('Patients who share a mobile number', r);
  return [...troubles]
    .map(([what, records]) => ({ what, records }))
    .sort((a, b) => b.records.length - a.records.length);
}

function auditVisit(
  resource: Resource & { resourceType: 'Appointment' },
  clinic: Clinic,
  note: (what: string, record: string) => void,
): void {
  const record = idOf(resource);
  const read = readAppointment(resource);
  if ('unusable' in read) {
    note('Visits that cannot be used', record);
    return;
  }
  for (const { problem } of read.findings) note(`Visits: ${problem}`, record);
  const known = clinic.locations.map(place => place.reference);
  for (const location of read.fact.locations)
    if (!known.includes(location)) note(`Visits at a place that clinic.yaml does not know (${location})`, record);
}

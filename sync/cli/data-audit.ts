import type { Patient, Resource } from '@medplum/fhirtypes';
import { addressesOf } from '../domain/facts/address.ts';
import { readAppointment } from '../domain/facts/appointment.ts';
import type { Finding, Reference } from '../domain/facts/fact.ts';
import { idOf } from '../domain/facts/fhir.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { neverWrite, routeTo } from '../domain/plan/route.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { knownZones } from '../domain/policy/state-zones.ts';
import { REASONS, type Reason } from '../domain/reasons.ts';
import { auditPlaces } from './audit-places.ts';
import { factsFrom } from './facts-from-files.ts';
import { take } from './resource-shape.ts';

/** One kind of trouble in the data, the records that have it, and what to do about it (DQA1). */
export interface Trouble {
  what: string;
  records: Reference[];
  todo: string;
  /** The practice has decided that this is all right. */
  accepted?: boolean;
}

/** What would make messages go wrong or nowhere, found before the first one is sent (DQA1, DQA2). Pure. */
export function auditData(read: Resource[], policy: Policy, now: string): Trouble[] {
  const { country } = policy.clinic;
  const { resources, unreadable } = sorted(read);
  // Nothing is written to the dead, the merged and the inactive, so nothing of theirs needs mending.
  const patients = factsFrom(resources, { now, country, asNew: false }).filter(facts => !neverWrite(facts));
  return [
    ...unreadable,
    ...unreached(patients, policy, now),
    ...incomplete(patients, policy, now),
    ...confusable(resources, patients, policy, now),
    ...visits(resources, now),
    ...grouped('', auditPlaces(resources, policy.clinic), 'Mend `locations` in mappings/clinic.yaml.'),
  ].filter(({ records }) => records.length > 0);
}

const grouped = (kind: string, findings: Finding[], todo: string): Trouble[] =>
  [...Map.groupBy(findings, one => one.problem)].map(([problem, those]) => ({
    what: `${kind}${problem}`,
    records: those.map(one => one.about),
    todo,
  }));

function sorted(read: Resource[]): { resources: Resource[]; unreadable: Trouble[] } {
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  for (const resource of read) {
    const taken = take(resource);
    if ('resource' in taken) resources.push(taken.resource);
    else if ('problems' in taken)
      findings.push(...taken.problems.map(problem => ({ about: taken.about ?? 'A record', problem })));
  }
  return { resources, unreadable: grouped('Not FHIR: ', findings, 'Mend the records in the EHR.') };
}

const TODO: Partial<Record<Reason, string>> = {
  'no-address': 'Ask for a mobile number; until then such a visit becomes a call.',
  'address-invalid': 'Correct the number or address in the chart.',
  'address-not-textable': 'Ask for a mobile number or an e-mail address.',
  'minor-without-guardian': 'Record a RelatedPerson with a parental relationship and a number.',
  'no-consent': 'Record a Consent, or decide in mappings/clinic.yaml (consent.sms).',
  'language-missing': 'Approve texts in that language, or decide in mappings/clinic.yaml (whenLanguageMissing).',
};

/** Asks the planner itself, so that the audit and the messages cannot disagree. */
function unreached(patients: PatientFacts[], policy: Policy, now: string): Trouble[] {
  const cannot = patients.flatMap(facts => {
    const route = routeTo(facts, policy, now, false);
    return 'cannot' in route ? [{ reason: route.cannot, record: facts.reference }] : [];
  });
  return [...Map.groupBy(cannot, one => one.reason)].map(([reason, those]) => ({
    what: `Patients who get no message: ${REASONS[reason]}`,
    records: those.map(one => one.record),
    todo: TODO[reason] ?? 'Nothing: that is how it should be.',
    accepted: !(reason in TODO),
  }));
}

function incomplete(patients: PatientFacts[], { clinic }: Policy, now: string): Trouble[] {
  const those = (lacks: (facts: PatientFacts) => boolean) => patients.filter(lacks).map(one => one.reference);
  const usable = ({ patient }: PatientFacts) => addressesOf(patient?.telecom ?? [], clinic.country, now);
  const { withoutRecord, decidedBy, decidedOn } = clinic.consent.sms;
  const hasSms = ({ consents }: PatientFacts) =>
    consents.some(({ media }) => media.length === 0 || media.includes('sms'));
  return [
    {
      what: 'Patients with a number or address that is not valid.',
      records: those(facts => usable(facts).some(one => one.problem)),
      todo: 'Correct it in the chart; the others on the chart are used.',
    },
    {
      what: 'Patients whose every number and address is marked old or has ended.',
      records: those(facts => (facts.patient?.telecom ?? []).length > 0 && usable(facts).length === 0),
      todo: 'Ask for the new one at the next visit.',
    },
    {
      what: 'Patients without a birth date.',
      records: those(facts => !facts.patient?.birthDate),
      todo: 'Record it: they are taken for adults, and nobody knows whether a guardian should be told.',
    },
    {
      what: `Patients without a language; they are written to in the practice's (${clinic.language}).`,
      records: those(facts => (facts.patient?.languages ?? []).length === 0),
      todo: 'Record Patient.communication where it is another one.',
    },
    {
      what: 'Patients whose home state is none that we know.',
      records: those(({ patient }) => patient?.state !== undefined && !knownZones(patient.state, clinic)),
      todo: 'Correct it, or add it to `stateZones` in mappings/clinic.yaml: until then they may live anywhere, and texts leave when it is day in every zone of the country.',
    },
    {
      what: `Charts without an SMS Consent; the practice's policy is to ${withoutRecord} (${decidedBy}, ${decidedOn}).`,
      records: those(facts => !hasSms(facts)),
      todo: 'Record a Consent, or look at consent.sms in mappings/clinic.yaml.',
      accepted: withoutRecord === 'allow',
    },
  ];
}

function confusable(resources: Resource[], patients: PatientFacts[], { clinic }: Policy, now: string): Trouble[] {
  const living = new Set(patients.map(one => one.reference));
  const people = resources.filter((r): r is Patient => r.resourceType === 'Patient' && living.has(idOf(r)));
  const numbers = patients.flatMap(({ reference, patient }) =>
    addressesOf(patient?.telecom ?? [], clinic.country, now)
      .filter(one => one.medium === 'sms')
      .map(one => ({ reference, address: one.address })),
  );
  const several = <T>(groups: Iterable<T[]>): T[] => [...groups].filter(group => group.length > 1).flat();
  return [
    {
      what: 'Possible duplicates: same name and birth date.',
      records: several(Map.groupBy(people, nameAndBirth).values()).map(idOf),
      todo: 'Merge them in the EHR, or the same person is told twice.',
    },
    {
      what: 'Patients who share a mobile number with another patient.',
      records: [...new Set(several(Map.groupBy(numbers, one => one.address).values()).map(one => one.reference))],
      todo: 'Check that they are one household; texts to them name whom they are about.',
    },
  ];
}

const nameAndBirth = ({ id, name, birthDate }: Patient): string => {
  const { family, given, text } = name?.[0] ?? {};
  const known = [family ?? text, ...(given ?? []), birthDate].map(word => word?.toLowerCase().trim());
  return known[0] && birthDate ? known.join(' ') : (id ?? '');
};

/** Of visits still ahead. What is over needs no mending. */
function visits(resources: Resource[], now: string): Trouble[] {
  const findings = resources.flatMap(resource => {
    const read = resource.resourceType === 'Appointment' ? readAppointment(resource) : undefined;
    if (!read) return [];
    if ('unusable' in read) return read.unusable;
    return (read.fact.start ?? now) < now ? [] : read.findings;
  });
  return grouped('Visits ahead: ', findings, 'Mend them in the EHR, and how such visits are booked.');
}

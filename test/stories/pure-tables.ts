import type { Appointment } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { addressesOf } from '../../sync/domain/facts/address.ts';
import { readAppointment } from '../../sync/domain/facts/appointment.ts';
import { readCommunication } from '../../sync/domain/facts/communication.ts';
import { readPatient, readRelatedPerson } from '../../sync/domain/facts/patient.ts';
import { firstStateOf, patientsOf, visitDigest } from '../../sync/domain/mirror.ts';
import type {
  MessageFact,
  MirroredAppointment,
  OptOutFact,
  PatientFacts,
  ReplyFact,
  TaskFact,
} from '../../sync/domain/plan/facts.ts';
import type { Chart } from './pure-ehr.ts';

export type Row = MessageFact & { dueAt?: Instant; batch?: string };

interface Mirrored {
  visit: MirroredAppointment;
  digest?: string;
}

/** What the store would hold, by patient. */
export interface Tables {
  chart: Chart;
  mirror: Map<string, Mirrored>;
  messages: Map<string, Row[]>;
  tasks: Map<string, TaskFact[]>;
  replies: Map<string, ReplyFact[]>;
  heard: Map<string, Instant[]>;
  optOuts: OptOutFact[];
}

export const openTables = (chart: Chart): Tables => ({
  chart,
  mirror: new Map(),
  messages: new Map(),
  tasks: new Map(),
  replies: new Map(),
  heard: new Map(),
  optOuts: [],
});

export const patientsIn = ({ chart }: Tables): string[] =>
  [...chart.resources.keys()].filter(reference => reference.startsWith('Patient/'));

export function addressesAround({ chart }: Tables, now: Instant, patient: string): string[] {
  return [...chart.resources.values()].flatMap(one =>
    one.resourceType === 'Patient' || one.resourceType === 'RelatedPerson'
      ? patientsOf(one).includes(patient)
        ? addressesOf(one.telecom ?? [], 'US', now).map(each => each.address)
        : []
      : [],
  );
}

/** What `store/facts.ts` would read. */
export function factsOf(tables: Tables, now: Instant, reference: string): PatientFacts {
  const { chart, mirror, messages, tasks, replies, heard, optOuts } = tables;
  const about = [...chart.resources.values()].filter(one => patientsOf(one).includes(reference));
  const own = addressesAround(tables, now, reference);
  const others = patientsIn(tables).filter(other => other !== reference);
  const sharing = (address: string) => others.filter(other => addressesAround(tables, now, other).includes(address));
  return {
    reference,
    patient: about.flatMap(one => (one.resourceType === 'Patient' ? factOf(readPatient(one)) : []))[0],
    relatedPersons: about.flatMap(one => (one.resourceType === 'RelatedPerson' ? factOf(readRelatedPerson(one)) : [])),
    appointments: [...mirror.values()]
      .map(({ visit }) => visit)
      .filter(({ fact }) => fact.patients.some(p => p.reference === reference)),
    communications: about.flatMap(one => (one.resourceType === 'Communication' ? factOf(readCommunication(one)) : [])),
    consents: [],
    messages: messages.get(reference) ?? [],
    tasks: tasks.get(reference) ?? [],
    replies: replies.get(reference) ?? [],
    heardAt: heard.get(reference) ?? [],
    optOuts: optOuts.filter(one => own.includes(one.address)),
    sharedAddresses: Object.fromEntries(
      own.map(address => [address, sharing(address)]).filter(([, who]) => who!.length > 0),
    ),
    badAddresses: {},
  };
}

const factOf = <Fact>(read: { fact: Fact } | { unusable: unknown }): Fact[] => ('fact' in read ? [read.fact] : []);
export const nameOf = (reference: string) => reference.replace(/^\w+\//, '');

/** A version taken in, as `reconcile/mirror.ts` does. */
export function mirrored(
  resource: Appointment,
  deleted: boolean,
  held: Mirrored | undefined,
  now: Instant,
  imported: boolean,
): Mirrored {
  const [fact] = factOf(readAppointment(resource));
  const state = firstStateOf(resource);
  if (!fact || !state) throw new Error('A story has no unusable visits.');
  const at = resource.meta?.lastUpdated ?? now;
  const digest = visitDigest(resource);
  const unchanged = held !== undefined && held.visit.deleted === deleted && held.digest === digest;
  const changedAt = unchanged ? held.visit.changedAt : deleted ? now : at;
  return {
    digest,
    visit: { fact, deleted, changedAt, firstSeen: held?.visit.firstSeen ?? { at, imported, state, seenAt: now } },
  };
}

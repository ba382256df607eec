import { sql as raw } from 'kysely';
import { readAppointment } from '../domain/facts/appointment.ts';
import { readCommunication } from '../domain/facts/communication.ts';
import { readConsent } from '../domain/facts/consent.ts';
import type { Read, Reference } from '../domain/facts/fact.ts';
import { readPatient, readRelatedPerson } from '../domain/facts/patient.ts';
import type { MirroredAppointment, PatientFacts } from '../domain/plan/facts.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from './database.ts';
import { messageFactsOf } from './message.ts';
import { stopsAt } from './opt-out.ts';
import { peopleAt } from './patient.ts';
import { repliesOf } from './reply.ts';
import { resourcesAbout } from './resource.ts';
import { tasksOf } from './task.ts';

type Row = Awaited<ReturnType<typeof resourcesAbout>>[number];

/** Everything known about one patient, as the planner wants it. Reads only our own tables. */
export async function factsOf(sql: Sql, reference: Reference): Promise<PatientFacts> {
  const rows = await resourcesAbout(sql, reference);
  const living = rows.flatMap(row => (row.deleted || !row.body ? [] : [row.body]));
  const used = await sql.selectFrom('address').select('address').distinct().where('patient', '=', reference).execute();
  const addresses = used.map(row => row.address);
  return {
    reference,
    patient: living
      .flatMap(r => (r.resourceType === 'Patient' ? factOf(readPatient(r)) : []))
      .find(p => p.reference === reference),
    relatedPersons: living.flatMap(r => (r.resourceType === 'RelatedPerson' ? factOf(readRelatedPerson(r)) : [])),
    appointments: rows.flatMap(mirroredAppointment),
    communications: living.flatMap(r => (r.resourceType === 'Communication' ? factOf(readCommunication(r)) : [])),
    consents: living.flatMap(r => (r.resourceType === 'Consent' ? factOf(readConsent(r)) : [])),
    messages: await messageFactsOf(sql, reference),
    tasks: await tasksOf(sql, reference),
    replies: await repliesOf(sql, reference),
    heardAt: await heardFrom(sql, reference),
    optOuts: await stopsAt(sql, addresses),
    sharedAddresses: await sharedWith(sql, reference, addresses),
    badAddresses: await badAmong(sql, addresses),
  };
}

const factOf = <Fact>(read: Read<Fact>): Fact[] => ('fact' in read ? [read.fact] : []);

/** A deleted visit keeps its last body: what it was is what the patient may still believe. */
export function mirroredAppointment(row: Row): MirroredAppointment[] {
  const { body } = row;
  if (row.type !== 'Appointment' || body?.resourceType !== 'Appointment' || !row.first_seen || !row.changed_at)
    return [];
  return factOf(readAppointment(body)).map(fact => ({
    fact,
    deleted: row.deleted,
    firstSeen: row.first_seen as MirroredAppointment['firstSeen'],
    changedAt: row.changed_at as string,
  }));
}

async function heardFrom(sql: Sql, patient: Reference): Promise<string[]> {
  const rows = await sql
    .selectFrom('inbound')
    .select('received_at')
    .where(raw<boolean>`patients @> array[${patient}]::text[]`)
    .execute();
  return rows.map(row => row.received_at);
}

async function sharedWith(sql: Sql, patient: Reference, addresses: string[]): Promise<Record<string, Reference[]>> {
  const shared: Record<string, Reference[]> = {};
  for (const row of await peopleAt(sql, addresses)) {
    if (row.patient === patient) continue;
    shared[row.address] = [...(shared[row.address] ?? []), row.patient];
  }
  return shared;
}

async function badAmong(sql: Sql, addresses: string[]): Promise<Record<string, Reason>> {
  if (addresses.length === 0) return {};
  const rows = await sql
    .selectFrom('bad_address')
    .select(['address', 'reason'])
    .where('address', 'in', addresses)
    .execute();
  return Object.fromEntries(rows.map(row => [row.address, row.reason]));
}

import { sql as raw } from 'kysely';
import { readAppointment } from '../domain/facts/appointment.ts';
import { factOf, type Reference } from '../domain/facts/fact.ts';
import { recordsOf } from '../domain/facts/records.ts';
import type { MirroredAppointment, OptOutFact, PatientFacts } from '../domain/plan/facts.ts';
import { anyOf } from './any-of.ts';
import type { Sql } from './database.ts';
import { messageFactsOf } from './find-messages.ts';
import { repliesOf } from './reply.ts';
import { patientsOf, resourcesAbout } from './resource.ts';
import { tasksOf } from './task.ts';

type Row = Omit<Awaited<ReturnType<typeof resourcesAbout>>[number], 'patient'>;

/** Everything known about one patient, as the planner wants it. Reads only our own tables. */
export const factsOf = async (sql: Sql, reference: Reference): Promise<PatientFacts> =>
  (await factsOfAll(sql, [reference]))[0] as PatientFacts;

/** The same of several, in their order: as many questions as for one. */
export async function factsOfAll(sql: Sql, references: Reference[]): Promise<PatientFacts[]> {
  const records = await grouped(resourcesAbout(sql, ...references));
  const messages = await grouped(messageFactsOf(sql, ...references));
  const tasks = await grouped(tasksOf(sql, ...references));
  const replies = await grouped(repliesOf(sql, ...references));
  const heard = await grouped(heardFrom(sql, references));
  const addresses = await grouped(addressesOf(sql, references));
  return references.map(reference => {
    const rows = records(reference);
    const living = rows.flatMap(row => (row.deleted || !row.body ? [] : [row.body]));
    return {
      reference,
      ...recordsOf(reference, living),
      appointments: rows.flatMap(mirroredAppointment),
      messages: messages(reference),
      tasks: tasks(reference),
      replies: replies(reference),
      heardAt: heard(reference).map(one => one.at),
      ...knownOf(addresses(reference)),
    };
  });
}

async function grouped<T extends { patient: Reference }>(rows: Promise<T[]>): Promise<(patient: Reference) => T[]> {
  const groups = Map.groupBy(await rows, row => row.patient);
  return patient => groups.get(patient) ?? [];
}

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

/** One visit as it is mirrored, and the patients it has or had; undefined when nobody has read it. */
export async function mirroredVisit(
  sql: Sql,
  reference: Reference,
): Promise<{ mirrored: MirroredAppointment; patients: Reference[] } | undefined> {
  const id = reference.slice('Appointment/'.length);
  const row = await sql
    .selectFrom('resource')
    .selectAll()
    .where('type', '=', 'Appointment')
    .where('id', '=', id)
    .executeTakeFirst();
  const [mirrored] = row ? mirroredAppointment(row) : [];
  return mirrored && { mirrored, patients: await patientsOf(sql, 'Appointment', [id]) };
}

async function heardFrom(sql: Sql, patients: Reference[]): Promise<{ patient: Reference; at: string }[]> {
  const rows = await sql
    .selectFrom('inbound')
    .select(['received_at', 'patients'])
    .where(raw<boolean>`patients && ${patients}::text[]`)
    .execute();
  return rows.flatMap(row => row.patients.map(patient => ({ patient, at: row.received_at })));
}

type OfAddresses = Pick<PatientFacts, 'optOuts' | 'sharedAddresses' | 'badAddresses'>;

/** What is known of the addresses of a household, in one question: a plan is made thousands of times in a sweep. */
const addressesOf = (sql: Sql, patients: Reference[]) =>
  sql
    .selectFrom('address')
    .leftJoin('address as other', join =>
      join.onRef('other.address', '=', 'address.address').onRef('other.patient', '<>', 'address.patient'),
    )
    .leftJoin('bad_address as bad', 'bad.address', 'address.address')
    .leftJoin('opt_out as stop', join =>
      join.onRef('stop.address', '=', 'address.address').on('stop.lifted_at', 'is', null),
    )
    .select([
      'address.patient',
      'address.address',
      'other.patient as neighbour',
      'bad.reason',
      'stop.medium',
      'stop.kind',
      'stop.at',
    ])
    .distinct()
    .where('address.patient', '=', anyOf(patients))
    .orderBy('address.address')
    .orderBy('other.patient')
    .execute();

function knownOf(rows: Awaited<ReturnType<typeof addressesOf>>): OfAddresses {
  const known: OfAddresses = { optOuts: [], sharedAddresses: {}, badAddresses: {} };
  // Every stop comes once for each neighbour: told apart by what they are, not by their rows.
  const stops = new Map<string, OptOutFact>();
  for (const { address, neighbour, reason, medium, kind, at } of rows) {
    if (neighbour)
      known.sharedAddresses[address] = [...new Set([...(known.sharedAddresses[address] ?? []), neighbour])];
    if (reason) known.badAddresses[address] = reason;
    if (medium && kind && at) stops.set(`${address} ${medium} ${kind}`, { address, medium, kind, at });
  }
  return { ...known, optOuts: [...stops.values()] };
}

import type { Resource } from '@medplum/fhirtypes';
import type { Reference } from '../domain/facts/fact.ts';
import { inTransaction } from '../store/transaction.ts';
import { type Counts, mirror, type Observation } from './mirror.ts';
import type { Service } from './service.ts';

/** What a read of some records gave: those that are there, and those that are gone. */
export interface Records {
  resources: Resource[];
  deleted: { type: string; id: string }[];
  /** The EHR does not even know of one of them any more (404). */
  unknown: boolean;
}

/** Throws EhrError when the EHR cannot be asked. */
export async function readRecords({ connection }: Service, references: Iterable<Reference>): Promise<Records> {
  const records: Records = { resources: [], deleted: [], unknown: false };
  for (const reference of new Set(references)) {
    const [type, id] = reference.split('/') as [string, string];
    const read = await connection.client.read(type, id);
    if (read.outcome === 'found') records.resources.push(read.resource);
    else records.deleted.push({ type, id });
    if (read.outcome === 'absent') records.unknown = true;
  }
  return records;
}

type Reading = Omit<Records, 'unknown'> & Partial<Pick<Observation, 'imported' | 'heard' | 'traces'>>;

export async function takeIn(service: Service, reading: Reading): Promise<Counts> {
  const { country } = (await service.policy()).clinic;
  const now = service.clock();
  return inTransaction(service.database.sql, sql => mirror(sql, { imported: false, ...reading, now, country }));
}

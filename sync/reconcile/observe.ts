import type { Resource } from '@medplum/fhirtypes';
import type { Reference } from '../domain/facts/fact.ts';
import { patientsOf } from '../store/resource.ts';
import { type Counts, mirror } from './mirror.ts';
import type { Service } from './service.ts';

/** What a read of some records gave: those that are there, and those that are gone. */
export interface Records {
  resources: Resource[];
  deleted: { type: string; id: string }[];
}

/** Throws EhrError when the EHR cannot be asked. */
export async function readRecords({ connection }: Service, references: Iterable<Reference>): Promise<Records> {
  const records: Records = { resources: [], deleted: [] };
  for (const reference of new Set(references)) {
    const [type, id] = reference.split('/') as [string, string];
    const read = await connection.client.read(type, id);
    if (read.outcome === 'found') records.resources.push(read.resource);
    else records.deleted.push({ type, id });
  }
  return records;
}

/** Reads these records and takes in what is true now. Throws EhrError when the EHR cannot be asked. */
export async function observe(service: Service, references: Reference[]): Promise<Counts> {
  const { resources, deleted } = await readRecords(service, references);
  return takeIn(service, resources, deleted, false);
}

export async function takeIn(
  service: Service,
  resources: Resource[],
  deleted: { type: string; id: string }[],
  imported: boolean,
): Promise<Counts> {
  const { country } = (await service.policy()).clinic;
  const now = service.clock();
  return service.database.sql.transaction().execute(sql => mirror(sql, { resources, deleted, imported, now, country }));
}

/** After the commit: a request for a plan that is lost now is found by the sweep, by its generation. */
export async function askForPlans(service: Service, references: Reference[]): Promise<void> {
  for (const [type, group] of Map.groupBy(references, reference => reference.split('/')[0] ?? ''))
    for (const patient of await patientsOf(
      service.database.sql,
      type,
      group.map(one => one.split('/')[1] ?? ''),
    ))
      await service.ask('reconcile', patient);
}

import type { Resource } from '@medplum/fhirtypes';
import type { Reference } from '../domain/facts/fact.ts';
import { dropHints, hints } from '../store/notification.ts';
import { patientsOf } from '../store/resource.ts';
import { type Counts, mirror } from './mirror.ts';
import type { Service } from './service.ts';

/** Reads these records and takes in what is true now. Throws EhrError when the EHR cannot be asked. */
export async function observe(service: Service, references: Reference[]): Promise<Counts> {
  const { client } = service.connection;
  const resources: Resource[] = [];
  const deleted: { type: string; id: string }[] = [];
  for (const reference of new Set(references)) {
    const [type, id] = reference.split('/') as [string, string];
    const read = await client.read(type, id);
    if (read.outcome === 'found') resources.push(read.resource);
    else deleted.push({ type, id });
  }
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

const BATCH = 100;

/**
 * Looks into what the EHR hinted at. A hint is dropped only after what it pointed at has been taken in; hints that
 * arrive meanwhile are newer than our reading and stay. Returns how many were looked into, and whether one asked
 * for a general look.
 */
export async function observeHints(service: Service): Promise<{ seen: number; lookAround: boolean }> {
  const { sql } = service.database;
  const rows = await hints(sql, BATCH);
  const references = rows.flatMap(row => (row.type && row.resource_id ? [`${row.type}/${row.resource_id}`] : []));
  if (references.length > 0) {
    await observe(service, references);
    await askForPlans(service, references);
  }
  await dropHints(
    sql,
    rows.map(row => row.id),
  );
  return { seen: rows.length, lookAround: rows.some(row => !row.type) };
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

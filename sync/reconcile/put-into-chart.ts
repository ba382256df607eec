import type {
  AppointmentResponse,
  Communication,
  CommunicationRequest,
  Reference,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import { mended } from '../domain/chart/ownership.ts';
import { idOf } from '../domain/facts/fhir.ts';
import type { EhrClient } from '../fhir/client.ts';
import { EhrError } from '../fhir/outcome.ts';
import type { Connection } from './connection.ts';

const TRIES = 3;

/** What we write: each carries one identifier of ours, made from its key. */
export type Ours = Communication | CommunicationRequest | Task | AppointmentResponse;

/**
 * Makes the chart hold exactly one resource with this identifier, saying this in the elements that are ours. Safe after
 * a crash at any point: the create is conditional on the identifier, and what is already there is updated only if it
 * differs. Returns its reference.
 */
export async function putIntoChart(connection: Connection, resource: Ours): Promise<string> {
  const { client, ownership } = connection;
  const { resource: stored, created } = await create(connection, resource);
  let held = stored;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const better = created ? undefined : mended(held, resource, ownership);
    if (!better) return idOf(held);
    const result = await client.update(better, held.meta?.versionId ?? '');
    if (result.outcome === 'updated') return idOf(result.resource);
    const read = await client.read(held.resourceType, held.id ?? '');
    if (read.outcome !== 'found') break;
    held = read.resource;
  }
  throw new EhrError(`${resource.resourceType} in the chart keeps changing under our hands.`, {
    code: 'conflict',
    retry: 'later',
  });
}

/** Where a server knows no conditional create, we look first; between the look and the create only a crash fits. */
async function create({ client, profile }: Connection, resource: Ours) {
  const identifier = identifiersOf(resource)[0] ?? '';
  const found = profile.writes.conditionalCreate === 'no' ? await findOurs(client, resource, identifier) : undefined;
  if (found) return { resource: found, created: false };
  return client.create(resource, `identifier=${encodeURIComponent(identifier)}`);
}

/** Vendors ignore parameters they do not know, and some demand a patient: what comes back is looked at, not believed. */
async function findOurs(client: EhrClient, resource: Ours, identifier: string): Promise<Resource | undefined> {
  const subject = 'subject' in resource ? (resource.subject as Reference | undefined)?.reference : undefined;
  const patient = subject ? `&patient=${encodeURIComponent(subject)}` : '';
  const path = `${resource.resourceType}?identifier=${encodeURIComponent(identifier)}${patient}`;
  for await (const bundle of client.pages(path, { fresh: true }))
    for (const { resource: candidate } of bundle.entry ?? [])
      if (candidate?.resourceType === resource.resourceType && identifiersOf(candidate).includes(identifier))
        return candidate;
  return undefined;
}

const identifiersOf = (resource: Resource): string[] => {
  const identifiers = 'identifier' in resource && Array.isArray(resource.identifier) ? resource.identifier : [];
  return identifiers.map(one => `${one.system}|${one.value}`);
};

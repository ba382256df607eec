import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '@medplum/fhirtypes';
import { idOf } from '../domain/facts/fhir.ts';
import type { EhrClient } from '../fhir/client.ts';
import { EhrError } from '../fhir/outcome.ts';

const TRIES = 3;

/**
 * Makes the chart hold exactly one resource with this identifier, saying this. Safe after a crash at any point: the
 * create is conditional on the identifier, and what is already there is updated only if it differs. Returns its reference.
 */
export async function putIntoChart(client: EhrClient, resource: Resource, identifier: string): Promise<string> {
  const wanted = tidy(resource);
  const { resource: stored, created } = await client.create(wanted, `identifier=${encodeURIComponent(identifier)}`);
  let held = stored;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (created || says(held, wanted)) return idOf(held);
    const result = await client.update({ ...wanted, id: held.id } as Resource, held.meta?.versionId ?? '');
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

/** The same but for what the server adds. */
function says(held: Resource, wanted: Resource): boolean {
  const { id: _, meta: __, ...content } = held;
  const { meta: ___, ...ours } = wanted;
  return isDeepStrictEqual(tidy(content), tidy(ours));
}

const tidy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { RUN_SYSTEM } from './marked.ts';

/** The same client, which keeps a copy of everything it wrote and the EHR took: one file each, to be validated at the end. */
export function collectingClient(client: EhrClient, folder: string): EhrClient {
  const keep = (resource: Resource) =>
    writeFileSync(join(folder, `${resource.resourceType}-${randomUUID()}.json`), JSON.stringify(withoutMark(resource)));
  return {
    ...client,
    async create(resource, condition) {
      const result = await client.create(resource, condition);
      keep(resource);
      return result;
    },
    async update(resource, version) {
      const result = await client.update(resource, version);
      keep(resource);
      return result;
    },
  };
}

/** FHIR has no empty objects: where the mark was all there was, nothing is left. */
function withoutMark({ meta = {}, ...resource }: Resource): Resource {
  const { tag = [], ...others } = meta;
  const left = tag.filter(each => each.system !== RUN_SYSTEM);
  const kept = left.length > 0 ? { ...others, tag: left } : others;
  return (Object.keys(kept).length > 0 ? { ...resource, meta: kept } : resource) as Resource;
}

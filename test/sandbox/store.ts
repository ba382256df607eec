import { deepClone, parseSearchRequest, type WithId } from '@medplum/core';
import type { Bundle, ExtractResource, Resource, ResourceType } from '@medplum/fhirtypes';
import type { Exclusively } from './one-at-a-time.ts';
import type { SandboxRepository } from './repository.ts';

/** What was passed in, seen as its whole resource type. */
type Stored<T extends Resource> = WithId<T & ExtractResource<T['resourceType']>>;

/**
 * The EHR without HTTP: same validation, versions, history and notifications, and the same OperationOutcomeErrors
 * (404, 410, 412, 400, 422 in `error.outcome`). What it returns is the caller's to change.
 */
export interface SandboxStore {
  /** Keeps the id that is given, so that seed data can name its patients; makes one when there is none. */
  create<T extends Resource>(resource: T): Promise<Stored<T>>;
  /** Also creates. `ifMatch` is a versionId without quotes. */
  update<T extends Resource>(resource: T, options?: { ifMatch?: string }): Promise<Stored<T>>;
  delete(type: ResourceType, id: string, options?: { ifMatch?: string }): Promise<void>;
  read<K extends ResourceType>(type: K, id: string): Promise<WithId<ExtractResource<K>>>;
  /** Everything that matches (`status=booked&_sort=date`), in one list. */
  search<K extends ResourceType>(type: K, query?: string): Promise<WithId<ExtractResource<K>>[]>;
  /** All of `work` or nothing of it. Use only what it is handed: the store itself waits for the transaction to end. */
  transaction<R>(work: (within: Pick<SandboxStore, 'create' | 'update' | 'delete'>) => Promise<R>): Promise<R>;
}

export function openStore(repository: SandboxRepository, exclusively: Exclusively): SandboxStore {
  const create = async <T extends Resource>(resource: T): Promise<Stored<T>> =>
    (await repository.createResource<Resource>(resource, { assignedId: true })) as Stored<T>;
  const update = async <T extends Resource>(resource: T, options?: { ifMatch?: string }): Promise<Stored<T>> =>
    (await repository.updateResource<Resource>(resource, options)) as Stored<T>;
  const remove = (type: ResourceType, id: string, options?: { ifMatch?: string }) =>
    repository.deleteResource(type, id, options);
  return {
    create: resource => exclusively(() => create(resource)),
    update: (resource, options) => exclusively(() => update(resource, options)),
    delete: (type, id, options) => exclusively(() => remove(type, id, options)),
    read: <K extends ResourceType>(type: K, id: string) =>
      exclusively(() => repository.readResource<ExtractResource<K>>(type, id) as Promise<WithId<ExtractResource<K>>>),
    search: <K extends ResourceType>(type: K, query = '') =>
      exclusively(async () => {
        const request = parseSearchRequest<ExtractResource<K>>(`${type}?${query}`);
        const bundle: Bundle<WithId<ExtractResource<K>>> = await repository.search(request, { resourceOnly: true });
        return (bundle.entry ?? []).map(({ resource }) => deepClone(resource as WithId<ExtractResource<K>>));
      }),
    transaction: work => exclusively(() => repository.withTransaction(() => work({ create, update, delete: remove }))),
  };
}

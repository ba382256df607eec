import {
  allOk,
  created,
  deepClone,
  formatSearchQuery,
  multipleMatches,
  OperationOutcomeError,
  type SearchRequest,
  type WithId,
} from '@medplum/core';
import { getExtraEntries, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { Faults } from './faults.ts';
import { refusal } from './outcome.ts';
import type { Pages } from './pages.ts';
import { isKept } from './resource-types.ts';
import { findMatches, understand } from './search.ts';
import type { Version, VersionLog } from './version-log.ts';
import type { Writer } from './writer.ts';

export interface RepositoryParts {
  log: VersionLog;
  writer: Writer;
  newId: () => string;
  baseUrl: () => string;
  pages: Pages;
  faults: Faults;
}

interface Options {
  ifMatch?: string;
  assignedId?: boolean;
}

/**
 * The rows behind the FhirRouter. Inherits patch, conditional update, delete and patch, and the reading of references
 * from MemoryRepository; replaces what that lacks: versions, tombstones, transactions, indexes, validation, paging.
 * Not safe against itself: callers take turns (one-at-a-time.ts).
 */
export class SandboxRepository extends MemoryRepository {
  readonly #parts: RepositoryParts;

  constructor(parts: RepositoryParts) {
    super();
    this.#parts = parts;
  }

  override generateId(): string {
    return this.#parts.newId();
  }

  override async createResource<T extends Resource>(resource: T, options?: Options): Promise<WithId<T>> {
    const id = options?.assignedId && resource.id ? resource.id : this.generateId();
    if (this.latest(resource.resourceType, id)?.resource) {
      throw refusal(409, 'duplicate', `${resource.resourceType}/${id} exists.`);
    }
    return this.#parts.writer.write({ ...resource, id }, 'POST');
  }

  /** Also creates: the first PUT of an id, and a PUT that brings a deleted one back, where versions count on. */
  override async updateResource<T extends Resource>(resource: T, options?: Options): Promise<WithId<T>> {
    if (!resource.id) throw refusal(400, 'required', 'The resource has no id.');
    this.#mustMatch(resource.resourceType, resource.id, options?.ifMatch);
    return this.#parts.writer.write({ ...resource, id: resource.id }, 'PUT');
  }

  override async readResource<T extends Resource>(type: string, id: string): Promise<T> {
    return deepClone(this.#living(type, id)) as T;
  }

  override async readVersion<T extends Resource>(type: string, id: string, versionId: string): Promise<T> {
    mustBeKept(type);
    const version = this.#parts.log.ofResource(type, id).find(version => version.versionId === versionId);
    if (!version) throw refusal(404, 'not-found', `${type}/${id} has no version ${versionId}.`);
    if (!version.resource) throw deleted(version);
    return deepClone(version.resource) as Resource as T;
  }

  override async deleteResource(type: string, id: string, options?: Options): Promise<void> {
    const latest = this.latest(type, id);
    if (!latest) throw refusal(404, 'not-found', `${type}/${id} is not known.`);
    if (!latest.resource) return;
    this.#mustMatch(type, id, options?.ifMatch);
    this.#parts.writer.remove(latest);
  }

  override async conditionalCreate<T extends Resource>(
    resource: T,
    search: SearchRequest<T>,
    options?: Options,
  ): Promise<{ resource: WithId<T>; outcome: OperationOutcome }> {
    const [match, ...others] = await this.searchResources<T>(search);
    if (others.length > 0) throw new OperationOutcomeError(multipleMatches);
    if (match) return { resource: match, outcome: allOk };
    return { resource: await this.createResource(resource, options), outcome: created };
  }

  override async search<T extends Resource>(
    asked: SearchRequest<T>,
    options?: { resourceOnly?: boolean },
  ): Promise<Bundle<WithId<T>>> {
    mustBeKept(asked.resourceType);
    const { log, faults, baseUrl, pages } = this.#parts;
    const request = understand(asked, faults.lenientSearch);
    const items = findMatches(log, request) as Resource[] as WithId<T>[];
    if (options?.resourceOnly) {
      const entry = items.slice(0, request.count).map(resource => ({ resource }));
      return { resourceType: 'Bundle', type: 'searchset', entry };
    }
    const self = `${baseUrl()}/${request.resourceType}${formatSearchQuery(request)}`;
    const render = (page: readonly WithId<T>[]) => this.#entries(request, page);
    const bundle = await pages.first({ type: 'searchset', items, count: request.count, self, render });
    return bundle as Bundle<WithId<T>>;
  }

  override withTransaction<TResult>(callback: (repo: this) => Promise<TResult>): Promise<TResult> {
    return this.#parts.writer.transaction(() => callback(this));
  }

  latest(type: string, id: string): Version | undefined {
    mustBeKept(type);
    return this.#parts.log.latest(type, id);
  }

  async #entries<T extends Resource>(request: SearchRequest<T>, page: readonly WithId<T>[]): Promise<BundleEntry[]> {
    const fullUrl = (type: string, id: string) => `${this.#parts.baseUrl()}/${type}/${id}`;
    const entries: BundleEntry[] = page.map(resource => ({
      fullUrl: fullUrl(resource.resourceType, resource.id),
      search: { mode: 'match' },
      resource,
    }));
    if (request.include || request.revInclude) await getExtraEntries(this, request, [...page], entries, { fullUrl });
    return entries;
  }

  #living(type: string, id: string): WithId<Resource> {
    const latest = this.latest(type, id);
    if (!latest) throw refusal(404, 'not-found', `${type}/${id} is not known.`);
    if (!latest.resource) throw deleted(latest);
    return latest.resource;
  }

  #mustMatch(type: string, id: string, ifMatch: string | undefined): void {
    if (ifMatch === undefined) return;
    const latest = this.latest(type, id);
    if (latest?.resource && latest.versionId === ifMatch) return;
    throw refusal(412, 'conflict', `${type}/${id} is not at version ${ifMatch}. Read it again.`);
  }
}

function mustBeKept(type: string): void {
  if (!isKept(type)) throw refusal(404, 'not-supported', `This server does not keep resources of type "${type}".`);
}

function deleted({ type, id, lastUpdated }: Version): OperationOutcomeError {
  return refusal(410, 'deleted', `${type}/${id} was deleted at ${lastUpdated}.`);
}

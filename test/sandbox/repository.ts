import {
  allOk,
  created,
  deepClone,
  deepEquals,
  formatSearchQuery,
  multipleMatches,
  OperationOutcomeError,
  type SearchRequest,
  type WithId,
} from '@medplum/core';
import { getExtraEntries, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import type { Faults } from './faults.ts';
import { refusal } from './outcome.ts';
import type { Pages } from './pages.ts';
import { isKept } from './resource-types.ts';
import { findMatches, understand } from './search.ts';
import type { Version, VersionLog } from './version-log.ts';

export interface RepositoryParts {
  log: VersionLog;
  clock: Clock;
  newId: () => string;
  baseUrl: () => string;
  pages: Pages;
  faults: Faults;
  /** Throws an OperationOutcomeError when the resource may not be stored. */
  check: (resource: WithId<Resource>) => void;
  /** Called with the versions of one write or of one whole transaction, once they are there for good. */
  committed: (versions: readonly Version[]) => void;
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
  #transaction: Version[] | undefined;
  #lastStamp: Instant;

  constructor(parts: RepositoryParts, lastStamp: Instant) {
    super();
    this.#parts = parts;
    this.#lastStamp = lastStamp;
  }

  override generateId(): string {
    return this.#parts.newId();
  }

  override async createResource<T extends Resource>(resource: T, options?: Options): Promise<WithId<T>> {
    const id = options?.assignedId && resource.id ? resource.id : this.generateId();
    if (this.latest(resource.resourceType, id)?.resource) {
      throw refusal(409, 'duplicate', `${resource.resourceType}/${id} exists.`);
    }
    return this.#write({ ...resource, id }, 'POST');
  }

  /** Also creates: the first PUT of an id, and a PUT that brings a deleted one back, where versions count on. */
  override async updateResource<T extends Resource>(resource: T, options?: Options): Promise<WithId<T>> {
    if (!resource.id) throw refusal(400, 'required', 'The resource has no id.');
    this.#mustMatch(resource.resourceType, resource.id, options?.ifMatch);
    return this.#write({ ...resource, id: resource.id }, 'PUT');
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
    mustBeKept(type);
    const latest = this.latest(type, id);
    if (!latest) throw refusal(404, 'not-found', `${type}/${id} is not known.`);
    if (!latest.resource) return;
    this.#mustMatch(type, id, options?.ifMatch);
    this.#append({ type, id, method: 'DELETE', ...this.#nextStamp(latest) });
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

  /** Commits all writes of `callback` together, or none of them when it throws. A nested one joins. */
  override async withTransaction<TResult>(callback: (repo: this) => Promise<TResult>): Promise<TResult> {
    if (this.#transaction) return callback(this);
    const versions: Version[] = [];
    this.#transaction = versions;
    try {
      const result = await callback(this);
      this.#transaction = undefined;
      if (versions.length > 0) this.#parts.committed(versions);
      return result;
    } catch (error) {
      this.#transaction = undefined;
      for (const version of versions.reverse()) this.#parts.log.undo(version);
      throw error;
    }
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

  /** An update that changes nothing makes no version and no notification, as HAPI and Medplum have it. */
  #write<T extends Resource>(given: WithId<T>, method: 'POST' | 'PUT'): WithId<T> {
    mustBeKept(given.resourceType);
    const { versionId: _v, lastUpdated: _l, ...meta } = given.meta ?? {};
    const latest = this.latest(given.resourceType, given.id);
    const stamp = this.#nextStamp(latest);
    const resource: WithId<T> = JSON.parse(JSON.stringify({ ...given, meta: { ...meta, ...stamp } }));
    if (latest?.resource && deepEquals(latest.resource, resource))
      return deepClone(latest.resource) as Resource as WithId<T>;
    this.#parts.check(resource);
    this.#lastStamp = stamp.lastUpdated;
    const created = method === 'POST' || !latest?.resource;
    this.#append({
      type: resource.resourceType,
      id: resource.id,
      method: created ? 'POST' : 'PUT',
      ...stamp,
      resource,
    });
    return deepClone(resource);
  }

  #append(version: Version): void {
    this.#lastStamp = version.lastUpdated;
    this.#parts.log.append(version);
    if (this.#transaction) this.#transaction.push(version);
    else this.#parts.committed([version]);
  }

  /** Strictly later than every stamp before it, also when the clock stands still or was set back. */
  #nextStamp(latest: Version | undefined): { versionId: string; lastUpdated: Instant } {
    const now = this.#parts.clock();
    const after = new Date(Date.parse(this.#lastStamp) + 1).toISOString();
    return { versionId: String(Number(latest?.versionId ?? 0) + 1), lastUpdated: now > this.#lastStamp ? now : after };
  }
}

function mustBeKept(type: string): void {
  if (!isKept(type)) throw refusal(404, 'not-supported', `This server does not keep resources of type "${type}".`);
}

function deleted({ type, id, lastUpdated }: Version): OperationOutcomeError {
  return refusal(410, 'deleted', `${type}/${id} was deleted at ${lastUpdated}.`);
}

import { deepClone, deepEquals, type WithId } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import type { Clock, Instant } from '../../sync/domain/clock.ts';
import type { Version, VersionLog } from './version-log.ts';

export interface WriterParts {
  log: VersionLog;
  clock: Clock;
  /** Throws an OperationOutcomeError when the resource may not be stored. */
  check: (resource: WithId<Resource>) => void;
  /** Called with the versions of one write or of one whole transaction, once they are there for good. */
  committed: (versions: readonly Version[]) => void;
}

/** Makes versions: their numbers and times, and the transactions that hold several of them together. */
export class Writer {
  readonly #parts: WriterParts;
  #transaction: Version[] | undefined;
  #lastStamp: Instant;

  /** `lastStamp` is the newest time in the log; every version made here is later. */
  constructor(parts: WriterParts, lastStamp: Instant) {
    this.#parts = parts;
    this.#lastStamp = lastStamp;
  }

  /** An update that changes nothing makes no version and no notification, as HAPI and Medplum have it. */
  write<T extends Resource>(given: WithId<T>, method: 'POST' | 'PUT'): WithId<T> {
    const { versionId: _v, lastUpdated: _l, ...meta } = given.meta ?? {};
    const latest = this.#parts.log.latest(given.resourceType, given.id);
    const stamp = this.#nextStamp(latest);
    const resource: WithId<T> = JSON.parse(JSON.stringify({ ...given, meta: { ...meta, ...stamp } }));
    if (latest?.resource && deepEquals(latest.resource, resource)) {
      return deepClone(latest.resource) as Resource as WithId<T>;
    }
    this.#parts.check(resource);
    const { resourceType: type, id } = resource;
    this.#append({ type, id, method: latest?.resource ? method : 'POST', ...stamp, resource });
    return deepClone(resource);
  }

  remove(latest: Version): void {
    this.#append({ type: latest.type, id: latest.id, method: 'DELETE', ...this.#nextStamp(latest) });
  }

  /** Commits all writes of `work` together, or none of them when it throws. A nested one joins. */
  async transaction<R>(work: () => Promise<R>): Promise<R> {
    if (this.#transaction) return work();
    const versions: Version[] = [];
    this.#transaction = versions;
    try {
      const result = await work();
      this.#transaction = undefined;
      if (versions.length > 0) this.#parts.committed(versions);
      return result;
    } catch (error) {
      this.#transaction = undefined;
      for (const version of versions.reverse()) this.#parts.log.undo(version);
      throw error;
    }
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

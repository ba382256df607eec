import type { WithId } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { LiveIndex } from './live-index.ts';

/** One thing that happened to one resource. Never changed after it was appended; a DELETE has no resource. */
export interface Version {
  type: string;
  id: string;
  versionId: string;
  lastUpdated: Instant;
  method: 'POST' | 'PUT' | 'DELETE';
  resource?: WithId<Resource>;
}

/**
 * Everything that ever happened, in order, with the living resources indexed. MemoryRepository keeps its rows private,
 * forgets deletes and scans and copies everything on a search (medplum.md §8), so the rows live here instead.
 */
export class VersionLog {
  readonly #ofType = new Map<string, Version[]>();
  readonly #ofResource = new Map<string, Version[]>();
  readonly #live = new Map<string, LiveIndex>();

  append(version: Version): void {
    push(this.#ofType, version.type, version);
    push(this.#ofResource, `${version.type}/${version.id}`, version);
    this.live(version.type).put(version.id, version.resource);
  }

  /** Takes back the newest version of its type: a transaction that fails undoes its own writes in reverse order. */
  undo(version: Version): void {
    if (this.ofType(version.type).at(-1) !== version) throw new Error('Only the newest version can be taken back.');
    this.#ofType.get(version.type)?.pop();
    this.#ofResource.get(`${version.type}/${version.id}`)?.pop();
    this.live(version.type).put(version.id, this.latest(version.type, version.id)?.resource);
  }

  /** As it was then: what came after never happened. */
  restore(asOf: Instant): void {
    for (const versions of this.#ofType.values())
      for (let last = versions.at(-1); last && last.lastUpdated > asOf; last = versions.at(-1)) this.undo(last);
  }

  live(type: string): LiveIndex {
    const index = this.#live.get(type) ?? new LiveIndex();
    this.#live.set(type, index);
    return index;
  }

  latest(type: string, id: string): Version | undefined {
    return this.ofResource(type, id).at(-1);
  }

  /** Oldest first, deletes included. */
  ofResource(type: string, id: string): readonly Version[] {
    return this.#ofResource.get(`${type}/${id}`) ?? [];
  }

  /** Oldest first, deletes included; `lastUpdated` rises strictly. */
  ofType(type: string): readonly Version[] {
    return this.#ofType.get(type) ?? [];
  }

  /** The versions of `type` from `since` on (inclusive), found by halving, oldest first. */
  ofTypeSince(type: string, since: Instant): readonly Version[] {
    const versions = this.ofType(type);
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((versions[middle] as Version).lastUpdated < since) low = middle + 1;
      else high = middle;
    }
    return versions.slice(low);
  }
}

function push(map: Map<string, Version[]>, key: string, version: Version): void {
  const list = map.get(key);
  if (list) list.push(version);
  else map.set(key, [version]);
}

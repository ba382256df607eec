import type { WithId } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';

/** The living resources of one type, findable by id, by anything they refer to, and by identifier value. */
export class LiveIndex {
  readonly #byId = new Map<string, WithId<Resource>>();
  readonly #byKey = new Map<string, Set<string>>();

  put(id: string, resource: WithId<Resource> | undefined): void {
    const before = this.#byId.get(id);
    if (before) for (const key of keysOf(before)) this.#byKey.get(key)?.delete(id);
    if (!resource) {
      this.#byId.delete(id);
      return;
    }
    this.#byId.set(id, resource);
    for (const key of keysOf(resource)) {
      const ids = this.#byKey.get(key);
      if (ids) ids.add(id);
      else this.#byKey.set(key, new Set([id]));
    }
  }

  get(id: string): WithId<Resource> | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<WithId<Resource>> {
    return this.#byId.values();
  }

  /** All that refer to one of these anywhere in them (`Patient/1`), in no particular order. */
  referringTo(references: readonly string[]): WithId<Resource>[] {
    return this.#having(references.map(referenceKey));
  }

  /** All that have one of these identifier values, whatever the system. */
  identifiedBy(values: readonly string[]): WithId<Resource>[] {
    return this.#having(values.map(identifierKey));
  }

  #having(keys: string[]): WithId<Resource>[] {
    const ids = new Set(keys.flatMap(key => [...(this.#byKey.get(key) ?? [])]));
    return [...ids].map(id => this.#byId.get(id)).filter(resource => resource !== undefined);
  }
}

const referenceKey = (reference: string) => `reference ${reference}`;
/** Tokens are matched without regard to case, so the key has none. */
const identifierKey = (value: string) => `identifier ${value.toLowerCase()}`;

function keysOf(resource: Resource): string[] {
  const keys: string[] = [];
  collect(resource, keys);
  return keys;
}

function collect(value: unknown, keys: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === 'reference' && typeof child === 'string') keys.push(referenceKey(child));
    else if (name === 'identifier') collectIdentifiers(child, keys);
    else collect(child, keys);
  }
}

function collectIdentifiers(value: unknown, keys: string[]): void {
  for (const identifier of Array.isArray(value) ? value : [value]) {
    if (typeof identifier?.value === 'string') keys.push(identifierKey(identifier.value));
  }
}

import { createHash } from 'node:crypto';
import type { Resource } from '@medplum/fhirtypes';

/**
 * Sixteen hex digits that change when the content does, whatever the order of its keys. `meta` and `text` are left out, and
 * what the vendor's profile calls volatile. Sixteen, because a cursor keeps thousands of them.
 */
export function digest(resource: Resource, volatile: readonly string[]): string {
  const ignored = new Set(['meta', 'text', ...volatile]);
  const content = Object.fromEntries(Object.entries(resource).filter(([key]) => !ignored.has(key)));
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}

type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in one place of a Bundle, or why it is of no use. */
export type Entry = {
  /** `entry[2]`; inside a Bundle of Bundles `entry[0].resource.entry[2]`; nothing for a resource on its own. */
  entry?: string;
} & ({ value: unknown } | { problem: string });

/**
 * What is in a Bundle; anything else is itself. Resources of a transaction may have no id yet and call each other by
 * `fullUrl`: that gives the id, and references follow.
 */
export function entriesOf(value: unknown, path = ''): Entry[] {
  const entry = path ? { entry: path } : {};
  if (!isObject(value) || value.resourceType !== 'Bundle') return [{ ...entry, value }];
  if (value.entry === undefined) return [{ ...entry, problem: 'The Bundle holds nothing.' }];
  if (!Array.isArray(value.entry)) return [{ ...entry, problem: 'entry should be a list.' }];
  const names = namesIn(value.entry);
  return value.entry.flatMap((one, i) => {
    const place = `${path && `${path}.resource.`}entry[${i}]`;
    if (!isObject(one) || one.resource === undefined) return [{ entry: place, problem: whyEmpty(one) }];
    const name = typeof one.fullUrl === 'string' ? names.get(one.fullUrl) : undefined;
    const resource = names.size > 0 ? renamed(one.resource, names) : one.resource;
    return entriesOf(name && isObject(resource) ? { ...resource, id: idIn(name) } : resource, place);
  });
}

const whyEmpty = (entry: unknown): string =>
  isObject(entry) && isObject(entry.request) && entry.request.method === 'DELETE'
    ? 'It says that something was deleted, which a dry run of files does not follow.'
    : 'It holds no resource.';

/** By `fullUrl`, the `Type/id` of those that a reference to it would not lead to by itself. */
function namesIn(entries: unknown[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const entry of entries) {
    if (!isObject(entry) || typeof entry.fullUrl !== 'string' || !isObject(entry.resource)) continue;
    const { resourceType, id = idIn(entry.fullUrl) } = entry.resource;
    const name = `${resourceType}/${id}`;
    if (entry.resource.id === undefined || !entry.fullUrl.endsWith(`/${name}`)) names.set(entry.fullUrl, name);
  }
  return names;
}

/** `urn:uuid:1c…` → `1c…`, `https://ehr.example/fhir/Patient/7` → `7`. */
const idIn = (url: string): string => url.slice(Math.max(url.lastIndexOf('/'), url.lastIndexOf(':')) + 1);

function renamed(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map(one => renamed(one, names));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'reference' && typeof one === 'string' ? (names.get(one) ?? one) : renamed(one, names),
    ]),
  );
}

import { EhrError } from './outcome.ts';
import { isResourceType } from './resource-types.ts';

/** One resource of the EHR, by name only: safe in logs, jobs and URLs (design law 13). */
export interface ResourceRef {
  type: string;
  id: string;
}

export interface VersionedRef extends ResourceRef {
  versionId?: string;
}

/** FHIR says 64 characters; some EHRs need more. `.` and `..` are legal ids by the letter, and path traversal in a URL. */
export const isId = (text: string): boolean => /^[A-Za-z0-9.-]{1,128}$/.test(text) && !/^\.{1,2}$/.test(text);

export const refText = (ref: ResourceRef): string => `${ref.type}/${ref.id}`;

export type ParsedReference =
  | { kind: 'ours'; ref: VersionedRef }
  /** An absolute URL outside the configured server: never fetched, or a forged hook could steer us and our token. */
  | { kind: 'foreign' }
  | { kind: 'unusable' };

/** Reads `Appointment/9`, `Appointment/9/_history/3`, or the same below `baseUrl`. */
export function parseReference(text: string, baseUrl: string): ParsedReference {
  const relative = /^[a-z][a-z0-9+.-]*:|^\/\//i.test(text) ? below(text, baseUrl) : text;
  if (relative === undefined) return /^urn:/i.test(text) ? { kind: 'unusable' } : { kind: 'foreign' };
  const match = /^([A-Za-z]+)\/([^/?#]+)(?:\/_history\/([^/?#]+))?$/.exec(relative);
  const [, type = '', id = '', versionId] = match ?? [];
  if (!isResourceType(type) || !isId(id)) return { kind: 'unusable' };
  return { kind: 'ours', ref: versionId && isId(versionId) ? { type, id, versionId } : { type, id } };
}

function below(text: string, baseUrl: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text).href;
  const base = `${new URL(baseUrl).href.replace(/\/+$/, '')}/`;
  return url.startsWith(base) ? url.slice(base.length) : undefined;
}

/** For paths: a reference from outside must not be able to name another path (`..`). Throws EhrError `refused`. */
export function checkedRef(ref: ResourceRef): ResourceRef {
  if (isResourceType(ref.type) && isId(ref.id)) return ref;
  throw new EhrError('This is no usable reference to a resource.', { code: 'refused', retry: 'never' });
}

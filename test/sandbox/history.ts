import type { BundleEntry } from '@medplum/fhirtypes';
import type { Version } from './version-log.ts';

/** One version as an entry of a history Bundle; a delete has no resource, only its request and response (standards.md §0.4). */
export function historyEntry(version: Version, baseUrl: string): BundleEntry {
  const { type, id, versionId, lastUpdated, method, resource } = version;
  const status = method === 'POST' ? '201' : method === 'PUT' ? '200' : '204';
  return {
    fullUrl: `${baseUrl}/${type}/${id}`,
    ...(resource && { resource }),
    request: { method, url: method === 'POST' ? type : `${type}/${id}` },
    response: { status, etag: `W/"${versionId}"`, lastModified: lastUpdated },
  };
}

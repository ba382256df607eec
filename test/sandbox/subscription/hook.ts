import { createHmac } from 'node:crypto';
import type { Version } from '../version-log.ts';
import type { CriteriaPlan } from './plan.ts';

/** `spec`: R4 and HAPI (hapi.md §2). `medplum`: medplum.md §3. */
export type HookStyle = 'spec' | 'medplum';

export interface HookRequest {
  method: 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: [string, string][];
  body?: string;
}

/** The request that tells one endpoint of one version, or undefined when this style says nothing of it. */
export function criteriaHook(plan: CriteriaPlan, version: Version, style: HookStyle): HookRequest | undefined {
  return style === 'medplum' ? medplumHook(plan, version) : specHook(plan, version);
}

function specHook(plan: CriteriaPlan, { type, id, versionId, resource }: Version): HookRequest | undefined {
  const headers = plan.headers.map(line => headerOf(line));
  const url = `${plan.endpoint.replace(/\/$/, '')}/${type}/${id}`;
  if (!resource && !plan.sendDeletes) return undefined;
  if (!plan.payload) return { method: 'POST', url: plan.endpoint, headers };
  if (!resource) return { method: 'DELETE', url, headers };
  return {
    method: 'PUT',
    url,
    headers: [...headers, ['Content-Type', `${plan.payload}; charset=UTF-8`], ['If-Match', `W/"${versionId}"`]],
    body: JSON.stringify(resource),
  };
}

/** A delete is an empty object with the name in a header; the signature covers the body alone. */
function medplumHook(plan: CriteriaPlan, { type, id, method, resource }: Version): HookRequest {
  const body = JSON.stringify(resource ?? {});
  const interaction = { POST: 'create', PUT: 'update', DELETE: 'delete' }[method];
  const headers: [string, string][] = [
    ...plan.headers.map(line => cutHeaderOf(line)),
    ['Content-Type', 'application/fhir+json'],
    ['X-Medplum-Interaction', interaction],
  ];
  if (!resource) headers.push(['X-Medplum-Deleted-Resource', `${type}/${id}`]);
  if (plan.secret) headers.push(['X-Signature', createHmac('sha256', plan.secret).update(body).digest('hex')]);
  return { method: 'POST', url: plan.endpoint, headers, body };
}

/** `X-Url: https://a.b/c` whole: only the first colon separates. */
export function headerOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** Medplum loses what follows a second colon: `X-Url: https`. */
function cutHeaderOf(line: string): [string, string] {
  const [name = '', value = ''] = line.split(':');
  return [name.trim(), value.trim()];
}

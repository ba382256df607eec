import { badRequest, getStatus, isOk, normalizeOperationOutcome, serverError } from '@medplum/core';
import type { FhirRequest, FhirResponse, FhirRouter } from '@medplum/fhir-router';
import type { Resource } from '@medplum/fhirtypes';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import type { Exclusively } from './one-at-a-time.ts';
import { refusal } from './outcome.ts';
import type { SandboxRepository } from './repository.ts';
import { mustCover } from './scope.ts';

const LIMIT_BYTES = 5 * 1024 * 1024;
const jsonTypes = ['application/fhir+json', 'application/json', 'application/json-patch+json'];
const formType = 'application/x-www-form-urlencoded';

/** Reads any body as text up to 5 MB; what it means is decided in `bodyOf`, so that every error is an OperationOutcome. */
export const readBody = express.text({ type: () => true, limit: LIMIT_BYTES, defaultCharset: 'utf-8' });

/** Everything that the FhirRouter answers: reads, writes, searches, history, bundles. On an open server there are no scopes. */
export function fhirHandler(
  router: FhirRouter,
  repository: SandboxRepository,
  exclusively: Exclusively,
  baseUrl: () => string,
) {
  return async (req: Request, res: Response): Promise<void> => {
    const body = bodyOf(req);
    const scope: unknown = res.locals.scope;
    if (typeof scope === 'string') mustCover(scope, req.method, req.path.slice(1), body);
    const request: FhirRequest = {
      method: req.method as FhirRequest['method'],
      // The router takes path and query from `url` alone, and refuses a request that brings its own pathname.
      url: req.url,
      pathname: '',
      query: {},
      params: {},
      headers: { ...req.headers, ...(req.headers['if-match'] && { 'if-match': quoted(req.headers['if-match']) }) },
      body,
    };
    answer(req, res, await exclusively(() => router.handleRequest(request, repository)), baseUrl());
  };
}

function bodyOf(req: Request): unknown {
  if (req.method === 'GET' || req.method === 'DELETE' || req.method === 'HEAD') return undefined;
  const text = typeof req.body === 'string' ? req.body : '';
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === formType) return formOf(text);
  if (!jsonTypes.includes(type)) throw refusal(415, 'not-supported', `A body of type "${type}" is not understood.`);
  const body: unknown = parseJson(text);
  if (typeof body !== 'object' || body === null) throw refusal(400, 'structure', 'The body is not a JSON object.');
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, 'structure', 'The body is not well-formed JSON.');
  }
}

function formOf(text: string): Record<string, string[]> {
  const form: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) form[name] = [...(form[name] ?? []), value];
  return form;
}

/** `3` and `"3"` count as `W/"3"`, as on HAPI (hapi.md §6). */
function quoted(etag: string): string {
  return etag.includes('"') ? etag : `"${etag}"`;
}

/** Sends what the router answered, with ETag, Last-Modified, Location, 304 and `Prefer: return=minimal`. */
export function answer(req: Request, res: Response, [outcome, resource]: FhirResponse, baseUrl: string): void {
  const status = getStatus(outcome);
  if (!isOk(outcome) || !resource) {
    send(res, status, outcome);
    return;
  }
  const { versionId, lastUpdated } = resource.meta ?? {};
  if (versionId && lastUpdated) {
    res.set('ETag', `W/"${versionId}"`).set('Last-Modified', new Date(lastUpdated).toUTCString());
    if (status === 201) {
      res.set('Location', `${baseUrl}/${resource.resourceType}/${resource.id}/_history/${versionId}`);
    }
    if (req.method === 'GET' && req.headers['if-none-match'] === `W/"${versionId}"`) {
      res.status(304).end();
      return;
    }
  }
  if (req.method !== 'GET' && req.headers.prefer?.includes('return=minimal')) {
    res.status(status).end();
    return;
  }
  send(res, status, resource);
}

function send(res: Response, status: number, resource: Resource): void {
  // express would make its own ETag for a body; ours is the version, and nothing else has one.
  res.status(status).type('application/fhir+json').end(JSON.stringify(resource));
}

/** The last stop: every error leaves as an OperationOutcome. Must have four parameters for express to see it. */
export const sendError: ErrorRequestHandler = (error, _req, res, _next) => {
  if (error?.type === 'entity.too.large') {
    const { outcome } = refusal(413, 'too-long', `A body may have ${LIMIT_BYTES} bytes at most.`);
    send(res, 413, outcome);
  } else if (error?.type !== undefined) {
    send(res, 400, badRequest('The body could not be read.'));
  } else {
    const outcome = error?.outcome ? normalizeOperationOutcome(error) : serverError(error);
    send(res, getStatus(outcome), outcome);
  }
};

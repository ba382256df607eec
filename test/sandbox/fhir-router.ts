import { allOk, created, isOk, OperationOutcomeError } from '@medplum/core';
import { type FhirResponse, type FhirRouteHandler, FhirRouter, processBatch } from '@medplum/fhir-router';
import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { z } from 'zod';
import { historyEntry } from './history.ts';
import { refusal } from './outcome.ts';
import type { Pages } from './pages.ts';
import type { SandboxRepository } from './repository.ts';
import type { Version, VersionLog } from './version-log.ts';

export interface RouterParts {
  repository: SandboxRepository;
  log: VersionLog;
  pages: Pages;
  baseUrl: () => string;
}

const historyQuery = z.object({
  _since: z.iso.datetime({ offset: true }).optional(),
  _count: z.coerce.number().int().min(0).optional(),
});

/** The FhirRouter with real transactions, history of instances and types, and 201 for an update that creates. */
export function fhirRouter({ repository, log, pages, baseUrl }: RouterParts): FhirRouter {
  const router = new FhirRouter();
  const routes = router.router.routes;
  const replace = (method: string, path: string, handler: FhirRouteHandler) => {
    const route = routes.find(each => each.method === method && pathOf(each.path) === path);
    if (!route) throw new Error(`The FhirRouter has no route ${method} ${path}.`);
    route.handler = handler;
  };

  const history = async (path: string, versions: readonly Version[], query: object): Promise<FhirResponse> => {
    const parsed = historyQuery.safeParse(query);
    if (!parsed.success) throw refusal(400, 'invalid', 'Only _since (with a zone) and _count (from 0) are known here.');
    const since = parsed.data._since && new Date(parsed.data._since).toISOString();
    const items = versions.filter(version => !since || version.lastUpdated >= since).reverse();
    const render = async (page: readonly Version[]) => page.map(version => historyEntry(version, baseUrl()));
    const applied = new URLSearchParams(
      Object.entries(parsed.data)
        .map(([name, value]) => `${name}=${value}`)
        .join('&'),
    );
    const self = `${baseUrl()}/${path}/_history${applied.size > 0 ? `?${applied}` : ''}`;
    return [allOk, await pages.first({ type: 'history', items, count: parsed.data._count, self, render })];
  };

  router.add(
    'GET',
    ':resourceType/_history',
    async ({ params, query }) => {
      const { resourceType = '' } = params;
      repository.latest(resourceType, '');
      return history(resourceType, log.ofType(resourceType), query);
    },
    'history-type',
  );

  replace('GET', ':resourceType/:id/_history', async ({ params, query }) => {
    const { resourceType = '', id = '' } = params;
    if (!repository.latest(resourceType, id)) throw refusal(404, 'not-found', `${resourceType}/${id} is not known.`);
    return history(`${resourceType}/${id}`, log.ofResource(resourceType, id), query);
  });

  const update = handlerOf(router, 'PUT', 'Patient/1');
  replace('PUT', ':resourceType/:id', async (req, repo, ...rest) => {
    const { resourceType = '', id = '' } = req.params;
    const existed = repository.latest(resourceType, id)?.resource !== undefined;
    const [outcome, resource] = await update(req, repo, ...rest);
    if (!resource) return [outcome];
    return [isOk(outcome) && !existed ? created : outcome, resource];
  });

  replace('POST', '', async req => {
    const bundle: Bundle = req.body;
    if (bundle?.resourceType !== 'Bundle') throw refusal(400, 'invalid', 'Only a Bundle can be posted to the base.');
    const run = () => processBatch({ ...req, config: {} }, repository, router, bundle);
    if (bundle.type !== 'transaction') return [allOk, withVersions(await run())];
    return [allOk, withVersions(await repository.withTransaction(() => run().then(allOrNothing)))];
  });

  routes.splice(
    routes.findIndex(route => pathOf(route.path) === '$graphql'),
    1,
  );
  return router;
}

/**
 * The router's own transactions end at 50 updates and never roll back a MemoryRepository; so a transaction is run here
 * as a batch inside ours, and the first entry that failed fails it all.
 */
function allOrNothing(response: Bundle): Bundle {
  const entries = response.entry ?? [];
  for (const entry of entries) {
    const outcome = entry.response?.outcome;
    if (outcome?.resourceType === 'OperationOutcome' && !isOk(outcome)) throw new OperationOutcomeError(outcome);
  }
  const written = entries.filter(({ response }) => response?.location).map(({ response }) => response?.location);
  if (new Set(written).size < written.length) {
    throw refusal(400, 'duplicate', 'A transaction may name each resource only once.');
  }
  return response;
}

function withVersions(response: Bundle): Bundle {
  const entry = response.entry?.map((each): BundleEntry => {
    const { versionId, lastUpdated } = each.resource?.meta ?? {};
    if (!versionId || !each.response) return each;
    return { ...each, response: { ...each.response, etag: `W/"${versionId}"`, lastModified: lastUpdated } };
  });
  return { ...response, entry };
}

function handlerOf(router: FhirRouter, method: 'PUT', url: string): FhirRouteHandler {
  const found = router.find(method, url);
  if (!found) throw new Error(`The FhirRouter has no route ${method} ${url}.`);
  return found.handler;
}

function pathOf(segments: { value: string; param?: boolean }[]): string {
  return segments.map(({ value, param }) => (param ? `:${value}` : value)).join('/');
}

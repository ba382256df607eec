import type { BundleEntry, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../domain/clock.ts';
import { instant, latest } from '../../domain/time.ts';
import { entries, isResource, storedAt } from '../bundle.ts';
import { isId, type ResourceRef } from '../reference.ts';
import { chain } from './chain.ts';
import { type ChangesSince, nothing } from './feed.ts';
import { rowsSince } from './last-updated.ts';
import { advance, query, readFrom } from './query.ts';

type Change = { id: string; at: Instant | undefined } & ({ resource: Resource } | { deleted: ResourceRef });

/**
 * The history of a type since the cursor: the only feed that shows creations, changes and deletions alike. The first round
 * searches instead, as the history of years would be walked for nothing but the present.
 */
export const typeHistory: ChangesSince = async function* (client, type, cursor, { now, overlapMs, profile }) {
  const since = cursor?.kind === 'type-history' ? cursor.since : undefined;
  let newest: Instant | undefined;
  if (since === undefined) {
    for await (const resources of rowsSince(client, type, undefined, profile)) {
      newest = latest(newest, ...resources.map(storedAt));
      yield { ...nothing, resources, cursor, done: false };
    }
  } else {
    const path = query(`${type}/_history`, [['_since', readFrom(since, overlapMs)]], profile);
    // Newest first: what comes later of one id is older, and may be a life before a deletion or after one.
    let known = new Set<string>();
    for await (const { bundle, startsOver } of chain(client, path)) {
      if (startsOver) known = new Set();
      const changes = entries(bundle).flatMap(entry => changeOf(entry, type));
      newest = latest(newest, ...changes.map(change => change.at));
      const current = changes.filter(({ id }) => !known.has(id) && known.add(id));
      const resources = current.flatMap(change => ('resource' in change ? [change.resource] : []));
      const deleted = current.flatMap(change => ('deleted' in change ? [change.deleted] : []));
      yield { ...nothing, resources, deleted, cursor, done: false };
    }
  }
  yield { ...nothing, cursor: { kind: 'type-history', since: advance(since, newest, now) }, done: true };
};

/** HAPI's DELETE entries have no time and no resource, only `Appointment/1141/_history/3`. */
function changeOf(entry: BundleEntry, type: string): Change[] {
  const { resource, request, response } = entry;
  if (isResource(resource) && resource.resourceType === type && typeof resource.id === 'string') {
    return [{ id: resource.id, at: storedAt(resource), resource }];
  }
  if (request?.method !== 'DELETE' && !response?.status?.startsWith('410')) return [];
  const id = idIn(request?.url, type) ?? idIn(entry.fullUrl, type);
  return id === undefined ? [] : [{ id, at: instant(response?.lastModified), deleted: { type, id } }];
}

function idIn(url: string | undefined, type: string): string | undefined {
  const [named, id = ''] = /([A-Za-z]+)\/([^/?]+)(?:\/_history\/[^/]+)?$/.exec(url ?? '')?.slice(1) ?? [];
  return named === type && isId(id) ? id : undefined;
}

import type { Bundle, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../domain/clock.ts';
import { latest } from '../../domain/time.ts';
import { matches, storedAt } from '../bundle.ts';
import type { EhrClient } from '../client.ts';
import type { VendorProfile } from '../profile.ts';
import type { ResourceRef } from '../reference.ts';
import { chain } from './chain.ts';
import { type ChangesSince, nothing } from './feed.ts';
import { advance, query, readFrom } from './query.ts';

/** Everything stored since the cursor, oldest first; all there is when there is no cursor yet. */
export const lastUpdated: ChangesSince = async function* (client, type, cursor, { now, overlapMs, profile, deletes }) {
  const before = cursor?.kind === 'last-updated' ? cursor : { since: undefined, deletedSince: undefined };
  const from = before.since && readFrom(before.since, overlapMs);
  let newest: Instant | undefined;
  for await (const rows of rowsSince(client, type, from, profile)) {
    // A server may ignore what it does not know and send everything; what is too old was heard before.
    const resources = rows.filter(row => from === undefined || (storedAt(row) ?? from) >= from);
    newest = latest(newest, ...resources.map(storedAt));
    yield { ...nothing, resources, cursor, done: false };
  }
  const since = advance(before.since, newest, now);
  let deletedSince = before.deletedSince ?? since;
  // What was deleted before the first walk began was never known to us.
  if (deletes === 'deleted-param' && before.since) {
    const deletedFrom = readFrom(before.deletedSince ?? before.since, overlapMs);
    for await (const page of tombstones(client, type, deletedFrom, profile)) {
      deletedSince = advance(deletedSince, page.newest, now);
      yield { ...nothing, deleted: page.deleted, cursor, done: false };
    }
  }
  yield { ...nothing, cursor: { kind: 'last-updated', since, deletedSince }, done: true };
};

const WALKS = 3;

/**
 * All rows stored since then, page by page. Where pages are numbered, a row that changes meanwhile moves to the end, and
 * another slips into its place on a page already read: a walk that saw fewer rows than the server counts is made again.
 */
export async function* rowsSince(
  client: Pick<EhrClient, 'pages'>,
  type: string,
  from: Instant | undefined,
  profile: VendorProfile,
): AsyncGenerator<Resource[]> {
  for (let walk = 1; walk <= WALKS; walk += 1) {
    const seen = new Set<string | undefined>();
    let total = 0;
    for await (const { bundle, startsOver } of chain(client, changed(type, from, profile))) {
      if (startsOver) seen.clear();
      if (seen.size === 0) total = bundle.total ?? 0;
      const rows = matches(bundle, type);
      for (const { id } of rows) seen.add(id);
      yield rows;
    }
    if (seen.size >= total) return;
  }
}

function changed(type: string, from: Instant | undefined, profile: VendorProfile): string {
  const lower: [string, string][] = from ? [['_lastUpdated', `ge${from}`]] : [];
  // Exactly this order gives Medplum's cursor links; any other ends at 10,000 rows.
  return query(type, [...lower, ['_sort', '_lastUpdated']], profile);
}

async function* tombstones(client: Pick<EhrClient, 'pages'>, type: string, from: Instant, profile: VendorProfile) {
  const parameters: [string, string][] = [
    ['_deleted', 'true'],
    ['_lastUpdated', `ge${from}`],
    ['_sort', '_lastUpdated'],
  ];
  for await (const { bundle } of chain(client, query(type, parameters, profile))) {
    const deleted = buried(bundle, type);
    yield { deleted, newest: latest(...matches(bundle, type).map(storedAt)) };
  }
}

/** Only rows without content: HAPI ignores `_deleted` and answers with the living (`hapi.md` §0). */
function buried(bundle: Bundle, type: string): ResourceRef[] {
  return matches(bundle, type)
    .filter(row => Object.keys(row).every(key => key === 'resourceType' || key === 'id' || key === 'meta'))
    .map(row => ({ type, id: row.id ?? '' }));
}

import type { Bundle } from '@medplum/fhirtypes';
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
  for await (const { bundle } of chain(client, changed(type, from, profile))) {
    // A server may ignore what it does not know and send everything; what is too old was heard before.
    const resources = matches(bundle, type).filter(row => from === undefined || (storedAt(row) ?? from) >= from);
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

export function changed(type: string, from: Instant | undefined, profile: VendorProfile): string {
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

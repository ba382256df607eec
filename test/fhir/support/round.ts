import type { Resource } from '@medplum/fhirtypes';
import type { ChangeBatch, ChangesOptions, Cursor } from '../../../sync/fhir/poll/feed.ts';
import { FEEDS } from '../../../sync/fhir/poll/feeds.ts';
import { against, epicOutcome } from './against.ts';
import { visit } from './practice.ts';
import { profileOf } from './profiles.ts';
import type { Answer, Heard } from './script.ts';

export const NOW = '2026-11-21T15:30:00.000Z';
export const at = (lastUpdated: string, id: string, more = {}): Resource => ({
  ...visit(id, '2026-11-24T10:00:00.000Z', more),
  meta: { lastUpdated, versionId: '1' },
});
export const bundle = (resources: unknown[], type = 'searchset'): Answer => ({
  status: 200,
  body: { resourceType: 'Bundle', type, entry: resources.map(resource => ({ resource })) },
});
export const remark = (code: string) => ({ resource: epicOutcome(code), search: { mode: 'outcome' } });

export async function round(
  feed: keyof typeof FEEDS,
  vendor: string,
  cursor: Cursor | undefined,
  script: (heard: Heard) => Answer,
  more: Partial<ChangesOptions> = {},
) {
  const { client, server, closeServer } = await against(script, vendor);
  const options = { now: NOW, overlapMs: 0, profile: profileOf(vendor), deletes: 'verify-by-read' as const, ...more };
  const batches: ChangeBatch[] = [];
  try {
    for await (const batch of FEEDS[feed](client, 'Appointment', cursor, options)) batches.push(batch);
  } finally {
    await closeServer();
  }
  return {
    urls: server.heard.map(h => decodeURIComponent(h.url)),
    ids: batches.flatMap(b => b.resources.map(r => r.id)),
    deleted: batches.flatMap(b => b.deleted.map(r => r.id)),
    suspected: batches.flatMap(b => b.suspected.map(r => r.id)),
    cursor: batches.at(-1)?.cursor,
  };
}

import type { Resource } from '@medplum/fhirtypes';
import { systemClock } from '../../sync/domain/clock.ts';
import { type ChangesOptions, type Cursor, cursorSchema } from '../../sync/fhir/poll/feed.ts';
import { FEEDS } from '../../sync/fhir/poll/feeds.ts';
import type { Ehr } from './ehr.ts';

/** Pages so small that every walk has several. */
export const PAGE = 10;

/** One walk over visits; the cursor goes through JSON, as it does in the store. */
export async function round(
  { connection }: Pick<Ehr, 'connection'>,
  kind: 'type-history' | 'last-updated',
  cursor: Cursor | undefined,
  more: Partial<ChangesOptions> = {},
) {
  const profile = { ...connection.profile, paging: { parameter: '_count', size: PAGE } };
  const options = { now: systemClock(), overlapMs: 0, profile, deletes: 'history' as const, ...more };
  const resources: Resource[] = [];
  const deleted: string[] = [];
  let next: Cursor | undefined;
  for await (const batch of FEEDS[kind](connection.client, 'Appointment', cursor, options)) {
    resources.push(...batch.resources);
    deleted.push(...batch.deleted.map(ref => ref.id));
    next = batch.cursor;
  }
  const statuses: Record<string, string[]> = {};
  for (const one of resources)
    if (one.resourceType === 'Appointment')
      statuses[one.id ?? ''] = [...(statuses[one.id ?? ''] ?? []), one.status ?? ''];
  return { statuses, deleted, cursor: next && cursorSchema.parse(JSON.parse(JSON.stringify(next))) };
}

import type { Resource } from '@medplum/fhirtypes';
import { z } from 'zod';
import type { Instant } from '../../domain/clock.ts';
import type { EhrClient } from '../client.ts';
import type { VendorProfile } from '../profile.ts';
import type { ResourceRef } from '../reference.ts';
import type { DeleteFeed } from '../strategy.ts';

const since = z.iso.datetime({ precision: 3 }).optional();

/** One resource as it was last seen in a sweep: a digest of its content and, for a visit, its start. */
const sightingSchema = z.strictObject({ digest: z.string(), start: z.string().optional() });
/** Per part of the sweep (`*`, or one practitioner or patient), per id. */
const seenSchema = z.record(z.string(), z.record(z.string(), sightingSchema));

/** Where a feed stands; JSON, stored by the caller in the same transaction as what the last batch woke. */
export const cursorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('type-history'), since }),
  z.strictObject({ kind: z.literal('last-updated'), since, deletedSince: since }),
  z.strictObject({ kind: z.literal('date-window'), seen: seenSchema }),
  z.strictObject({ kind: z.literal('by-practitioner'), seen: seenSchema }),
  z.strictObject({ kind: z.literal('by-patient'), seen: seenSchema }),
]);

export type Cursor = z.infer<typeof cursorSchema>;
export type Sighting = z.infer<typeof sightingSchema>;
export type Seen = z.infer<typeof seenSchema>;

export interface ChangesOptions {
  now: Instant;
  /** How far to read back behind the cursor; at least 10 s whatever is asked (rows become visible late). */
  overlapMs: number;
  profile: VendorProfile;
  deletes: DeleteFeed;
  /** References of the practitioners or patients to go through: `Practitioner/7`. */
  roster?: readonly string[];
  /** How many days ahead a window of visits reaches. Default 180. */
  windowDays?: number;
}

export interface ChangeBatch {
  /** Current versions; the same one may come twice, and again in the next round. The mirror drops doubles. */
  resources: Resource[];
  /** Said to be deleted. Still only a reason to read (design law 10). */
  deleted: ResourceRef[];
  /** Gone from a search that was complete, though it should still be in it. Proves nothing: read it. */
  suspected: ResourceRef[];
  /** The old cursor until `done`: whoever stops half-way starts again. Undefined while there is none to keep. */
  cursor: Cursor | undefined;
  done: boolean;
}

/** What changed since the cursor. Throws EhrError; then nothing may be concluded from what did not come. */
export type ChangesSince = (
  client: Pick<EhrClient, 'pages'>,
  type: string,
  cursor: Cursor | undefined,
  options: ChangesOptions,
) => AsyncIterable<ChangeBatch>;

export const nothing = { resources: [], deleted: [], suspected: [] } satisfies Partial<ChangeBatch>;

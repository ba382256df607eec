import type { Bundle, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../../domain/clock.ts';
import { instant } from '../../domain/time.ts';
import { matches, remarks } from '../bundle.ts';
import type { EhrClient } from '../client.ts';
import { EhrError } from '../outcome.ts';
import type { ResourceRef } from '../reference.ts';
import { chain } from './chain.ts';
import { digest } from './digest.ts';
import { type ChangeBatch, type ChangesOptions, type Cursor, nothing, type Seen, type Sighting } from './feed.ts';

export type SweepKind = 'date-window' | 'by-practitioner' | 'by-patient';

/** One search of a sweep. `key` names it in the cursor, so that its sightings are only compared with its own. */
export interface Part {
  key: string;
  path: string;
}

export interface Sweep {
  kind: SweepKind;
  parts: readonly Part[];
  /** Visits outside are not looked at, even if the server ignores dates; those before it are past and not missed. */
  within?: { from: Instant; to: Instant };
}

/** Codes that make a result incomplete: nothing may be missed in it (Epic: partial data, not authorised for some). */
const INCOMPLETE = new Set(['4118', '4119', '4130', '4131', '4134']);

/** Searches every part in full and compares contents with the last time. Changes come as they are found. */
export async function* sweep(
  client: Pick<EhrClient, 'pages'>,
  type: string,
  cursor: Cursor | undefined,
  { profile }: ChangesOptions,
  { kind, parts, within }: Sweep,
): AsyncGenerator<ChangeBatch> {
  const before: Seen = cursor?.kind === kind ? cursor.seen : {};
  const known = byId(before);
  const seen: Seen = {};
  const complete = new Set<string>();
  let closed = 0;
  for (const { key, path } of parts) {
    let here = new Map<string, Sighting>();
    let whole = true;
    try {
      for await (const { bundle, startsOver } of chain(client, path)) {
        if (startsOver) here = new Map();
        whole &&= isWhole(bundle);
        const resources = matches(bundle, type).filter(resource => isWithin(resource, within));
        const sightings = resources.map(resource => sighting(resource, profile.volatile));
        for (const [i, resource] of resources.entries()) here.set(resource.id ?? '', sightings[i]!);
        const changed = resources.filter((r, i) => {
          const last = before[key]?.[r.id ?? '']?.digest;
          const now = sightings[i]!.digest;
          return last === undefined ? !known.get(r.id ?? '')?.includes(now) : last !== now;
        });
        if (changed.length > 0) yield { ...nothing, resources: changed, cursor, done: false };
      }
    } catch (error) {
      // One closed or merged record must not blind us to all the others; all of them at once are no such thing.
      closed += 1;
      if (!isAboutThisPartOnly(error) || closed === parts.length) throw error;
      whole = false;
    }
    if (whole) complete.add(key);
    seen[key] = { ...(whole ? {} : before[key]), ...Object.fromEntries(here) };
  }
  const suspected = missing(before, complete, byId(seen), within?.from).map((id): ResourceRef => ({ type, id }));
  yield { ...nothing, suspected, cursor: { kind, seen }, done: true };
}

const startOf = (resource: Resource): Instant | undefined =>
  resource.resourceType === 'Appointment' ? instant(resource.start) : undefined;

function isWithin(resource: Resource, within: Sweep['within']): boolean {
  const start = startOf(resource);
  return within === undefined || start === undefined || (start >= within.from && start <= within.to);
}

function sighting(resource: Resource, volatile: readonly string[]): Sighting {
  const start = startOf(resource);
  return { digest: digest(resource, volatile), ...(start === undefined ? {} : { start }) };
}

const isWhole = (bundle: Bundle): boolean => !remarks(bundle).some(code => INCOMPLETE.has(code));

const isAboutThisPartOnly = (error: unknown): boolean =>
  error instanceof EhrError && (error.code === 'forbidden' || error.code === 'not-found');

/** A visit with two practitioners is seen in two parts; its digests are all remembered. */
function byId(seen: Seen): Map<string, string[]> {
  const digests = new Map<string, string[]>();
  for (const part of Object.values(seen)) {
    for (const [id, { digest }] of Object.entries(part)) digests.set(id, [...(digests.get(id) ?? []), digest]);
  }
  return digests;
}

/** Seen last time by a part that was complete now, seen by none now, and not simply past. */
function missing(before: Seen, complete: Set<string>, now: Map<string, string[]>, from: Instant | undefined): string[] {
  const gone = Object.entries(before)
    .filter(([key]) => complete.has(key))
    .flatMap(([, part]) => Object.entries(part))
    .filter(([id, { start }]) => !now.has(id) && (from === undefined || start === undefined || start >= from));
  return [...new Set(gone.map(([id]) => id))];
}

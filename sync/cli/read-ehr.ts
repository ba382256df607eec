import type { Resource } from '@medplum/fhirtypes';
import type { Instant } from '../domain/clock.ts';
import { idOf } from '../domain/facts/fhir.ts';
import { isSuperseded } from '../domain/mirror.ts';
import { FEEDS } from '../fhir/poll/feeds.ts';
import type { Feed } from '../fhir/strategy.ts';
import type { Connection } from '../reconcile/connection.ts';
import { FOLLOWED, type Followed } from '../reconcile/poll.ts';
import type { Out } from './print.ts';

export interface EhrRead {
  resources: Resource[];
  /** Types that could not be read, and why. */
  unread: { type: Followed; why: string }[];
}

const PROGRESS = 1000;

/** All that the first poll would read, in memory: a dry run leaves no trace. Throws EhrError when the EHR cannot be asked. */
export async function readEhr(connection: Connection, now: Instant, out: Out): Promise<EhrRead> {
  const { client, profile, strategies } = connection;
  const read = new Map<string, Resource>();
  const unread: EhrRead['unread'] = [];
  for (const type of FOLLOWED) {
    const { feed = 'none', deletes = 'none' } = strategies[type] ?? {};
    const roster = rosterOf(connection, feed, read.values());
    const why = whyUnread(feed, roster);
    if (feed === 'none' || why) {
      unread.push({ type, why });
      continue;
    }
    let seen = 0;
    const options = { now, overlapMs: 0, profile, deletes, ...(roster ? { roster } : {}) };
    for await (const { resources } of FEEDS[feed](client, type, undefined, options))
      for (const resource of resources) {
        const known = read.get(idOf(resource));
        if (!known || isSuperseded(known, resource)) read.set(idOf(resource), resource);
        seen += 1;
        if (seen % PROGRESS === 0) out.aside(`  ${type}: ${seen} read …`);
      }
  }
  return { resources: [...read.values()], unread };
}

/** Whom to ask about, where an EHR answers about one at a time: those named, and the patients met so far. */
function rosterOf({ practitioners, patients }: Connection, feed: Feed, read: Iterable<Resource>): string[] | undefined {
  if (feed === 'by-practitioner') return practitioners;
  if (feed !== 'by-patient') return undefined;
  return [...new Set([...patients, ...[...read].filter(one => one.resourceType === 'Patient').map(idOf)])];
}

/** Nothing, when it can be read. */
function whyUnread(feed: Feed, roster: string[] | undefined): string {
  if (feed === 'none') return 'This EHR cannot list them.';
  if (roster?.length !== 0) return '';
  return feed === 'by-practitioner'
    ? 'This EHR can only be asked about one practitioner at a time; name them in EHR_PRACTITIONERS.'
    : 'This EHR can only be asked about one patient at a time; name them in EHR_PATIENTS.';
}

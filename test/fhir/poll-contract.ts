import type { Resource } from '@medplum/fhirtypes';
import { beforeEach, describe, expect, test } from 'vitest';
import { plusMs } from '../../sync/domain/time.ts';
import {
  type ChangeBatch,
  type ChangesOptions,
  type ChangesSince,
  type Cursor,
  cursorSchema,
} from '../../sync/fhir/poll/feed.ts';
import { type Practice, visit } from './support/practice.ts';
import { profileOf } from './support/profiles.ts';

export interface FeedUnderTest {
  name: string;
  feed: ChangesSince;
  options: Partial<ChangesOptions>;
  /** How a deletion becomes known. */
  deletion: 'deleted' | 'suspected' | 'not at all';
}

export interface Round {
  resources: Resource[];
  ids: string[];
  deleted: string[];
  suspected: string[];
}

/** Follows a feed over rounds; its cursor goes through JSON and the schema each time, as it does in the store. */
export function follower(
  practice: Practice,
  { feed, options }: Pick<FeedUnderTest, 'feed' | 'options'>,
  type = 'Appointment',
  start?: Cursor,
) {
  let stored = start && JSON.stringify(start);
  return {
    stored: () => stored,
    async round(): Promise<Round> {
      const cursor: Cursor | undefined = stored === undefined ? undefined : cursorSchema.parse(JSON.parse(stored));
      const profile = { ...profileOf('sandbox'), paging: { parameter: '_count', size: 2 } };
      const batches: ChangeBatch[] = [];
      const full = { now: practice.now(), overlapMs: 0, profile, deletes: 'verify-by-read' as const, ...options };
      for await (const batch of feed(practice.client, type, cursor, full)) batches.push(batch);
      const last = batches.pop();
      expect(last?.done).toBe(true);
      for (const batch of batches) expect(batch).toMatchObject({ done: false, cursor });
      stored = JSON.stringify(last?.cursor);
      const all = [...batches, last!];
      const resources = all.flatMap(b => b.resources);
      return {
        resources,
        ids: [...new Set(resources.map(r => r.id ?? ''))].sort(),
        deleted: all.flatMap(b => b.deleted.map(r => `${r.type}/${r.id}`)),
        suspected: all.flatMap(b => b.suspected.map(r => `${r.type}/${r.id}`)),
      };
    },
  };
}

const statusOf = (resources: Resource[], id: string) =>
  resources.flatMap(r => (r.resourceType === 'Appointment' && r.id === id ? [r.status] : []));

/** What every feed promises, whatever it has to do for it. Pages hold two rows, so that every walk has several. */
export function pollContract(under: FeedUnderTest, practice: Practice): void {
  describe(`the feed ${under.name}`, () => {
    const inDays = (days: number) => plusMs(practice.now(), days * 86_400_000);
    const put = (id: string, more = {}) => practice.ehr.store.update(visit(id, inDays(3), more));

    beforeEach(async () => {
      for (const id of ['a', 'b', 'c', 'd', 'e']) {
        await put(id);
        practice.pass(20_000);
      }
    });

    test('the first round brings everything there is', async () => {
      const first = await follower(practice, under).round();
      expect(first).toMatchObject({ ids: ['a', 'b', 'c', 'd', 'e'], deleted: [], suspected: [] });
    });

    test('the next round brings what changed and what is new, in its present form', async () => {
      const feed = follower(practice, under);
      await feed.round();
      practice.pass(60_000);
      await put('c', { status: 'cancelled' });
      await put('d', { status: 'arrived' });
      await put('d', { status: 'noshow' });
      await put('f');
      const next = await feed.round();
      expect(next.ids).toEqual(expect.arrayContaining(['c', 'd', 'f']));
      expect(next.ids).not.toContain('a');
      expect(statusOf(next.resources, 'c')).toEqual(['cancelled']);
      expect(statusOf(next.resources, 'd')).toEqual(['noshow']);
      expect(next).toMatchObject({ deleted: [], suspected: [] });
    });

    test('a quiet EHR brings nothing but doubles of the overlap, and nothing is missed for it', async () => {
      const feed = follower(practice, under);
      await feed.round();
      practice.pass(60_000);
      await put('a', { status: 'arrived' });
      await feed.round();
      practice.pass(60_000);
      expect((await feed.round()).ids.filter(id => id !== 'a')).toEqual([]);
      await put('a', { status: 'fulfilled' });
      expect(statusOf((await feed.round()).resources, 'a')).toContain('fulfilled');
    });

    test('a deletion is told as well as this feed can tell it', async () => {
      const feed = follower(practice, under);
      await feed.round();
      practice.pass(60_000);
      await practice.ehr.store.delete('Appointment', 'b');
      const { ids, deleted, suspected } = await feed.round();
      expect(ids).not.toContain('b');
      expect({ deleted, suspected }).toEqual({
        deleted: under.deletion === 'deleted' ? ['Appointment/b'] : [],
        suspected: under.deletion === 'suspected' ? ['Appointment/b'] : [],
      });
    });

    test('what was deleted and came back is there, and not deleted', async () => {
      const feed = follower(practice, under);
      await feed.round();
      practice.pass(60_000);
      await practice.ehr.store.delete('Appointment', 'b');
      await put('b', { status: 'pending' });
      const next = await feed.round();
      expect(statusOf(next.resources, 'b')).toEqual(['pending']);
      expect(next).toMatchObject({ deleted: [], suspected: [] });
    });

    test('a page that expires in the middle costs a second walk, and no row', async () => {
      practice.ehr.faults.expirePages = true;
      const feed = follower(practice, under);
      expect(await feed.round()).toMatchObject({ ids: ['a', 'b', 'c', 'd', 'e'], suspected: [] });
      practice.pass(60_000);
      for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id, { status: 'arrived' });
      practice.ehr.faults.expirePages = true;
      expect(await feed.round()).toMatchObject({ ids: ['a', 'b', 'c', 'd', 'e'], suspected: [] });
      practice.ehr.faults.expirePages = false;
    });

    test('what changes between an expired page and the second walk is seen as it is in the end', async () => {
      const feed = follower(practice, under);
      await feed.round();
      practice.pass(60_000);
      for (const id of ['a', 'b', 'c', 'd', 'e']) await put(id, { status: 'arrived' });
      practice.ehr.faults.expirePages = true;
      practice.onAnswer = async () => {
        practice.onAnswer = undefined;
        for (const id of ['b', 'c', 'd', 'e']) await put(id, { status: 'fulfilled' });
        await practice.ehr.store.delete('Appointment', 'a');
      };
      const { resources, deleted, suspected } = await feed.round();
      for (const id of ['b', 'c', 'd', 'e']) expect(statusOf(resources, id).at(-1)).toBe('fulfilled');
      const told = { deleted, suspected, 'not at all': ['Appointment/a'] }[under.deletion];
      expect(told).toEqual(['Appointment/a']);
    });

    test('a server that fails in the middle moves no cursor and says nothing of absence', async () => {
      const feed = follower(practice, under);
      await feed.round();
      const before = feed.stored();
      practice.pass(60_000);
      await put('e', { status: 'arrived' });
      await practice.ehr.store.delete('Appointment', 'b');
      practice.onAnswer = () => {
        practice.onAnswer = undefined;
        practice.ehr.faults.serverErrors = 4;
      };
      for (const id of ['a', 'c', 'd']) await put(id, { status: 'arrived' });
      await expect(feed.round()).rejects.toMatchObject({ name: 'EhrError', retry: 'later' });
      expect(feed.stored()).toBe(before);
      practice.pass(300_000);
      expect((await feed.round()).ids).toContain('e');
    });

    test('a cursor of another feed is no cursor', async () => {
      const other: Cursor =
        under.name === 'last-updated' ? { kind: 'date-window', seen: {} } : { kind: 'last-updated' };
      const feed = follower(practice, under, 'Appointment', other);
      expect((await feed.round()).ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    });
  });
}

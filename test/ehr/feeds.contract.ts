import { beforeEach, describe, expect, test } from 'vitest';
import { onEveryEhr } from './ehr.ts';
import { PAGE, round } from './round.ts';

const CASES = [
  { kind: 'type-history', tellsOfDeletion: true },
  { kind: 'last-updated', tellsOfDeletion: false },
] as const;

/** What was missed while no notification came, as the poll finds it. Only visits of this run are looked at. */
onEveryEhr('recovering by polling', ehr => {
  describe.each(CASES)('from the feed $kind', ({ kind, tellsOfDeletion }) => {
    beforeEach(({ skip }) => {
      const { feed } = ehr.connection.strategies.Appointment ?? {};
      skip(kind === 'type-history' && feed !== kind, `It has no such history; visits are followed by ${feed}.`);
    });

    test('a created, a changed and a deleted visit, whose entry may have neither time nor body', async () => {
      const [made, changed, deleted] = [ehr.newId('made'), ehr.newId('changed'), ehr.newId('deleted')];
      await ehr.put(changed);
      await ehr.put(deleted);
      const before = await round(ehr, kind, undefined);
      expect(before.statuses[changed]).toEqual(['booked']);
      await ehr.put(made);
      await ehr.put(changed, { status: 'arrived' });
      await ehr.put(changed, { status: 'fulfilled' });
      await ehr.ask('DELETE', `Appointment/${deleted}`);
      const after = await round(ehr, kind, before.cursor);
      expect(after.statuses[made]).toEqual(['booked']);
      expect(after.statuses[changed]).toEqual(['fulfilled']);
      expect(after.statuses[deleted]).toBeUndefined();
      expect(after.deleted.includes(deleted)).toBe(tellsOfDeletion);
    });

    test('a visit that was deleted and came back is there', async () => {
      const id = ehr.newId('back');
      await ehr.put(id);
      const before = await round(ehr, kind, undefined);
      await ehr.ask('DELETE', `Appointment/${id}`);
      await ehr.put(id, { status: 'pending' });
      const after = await round(ehr, kind, before.cursor);
      expect(after.statuses[id]).toEqual(['pending']);
      expect(after.deleted).not.toContain(id);
    });

    test('all visits of one transaction, which bear one and the same stamp, over several pages', async () => {
      const before = await round(ehr, kind, undefined);
      const first = await ehr.put(ehr.newId('many'));
      const ids = Array.from({ length: 3 * PAGE + 5 }, () => ehr.newId('many'));
      const { meta: _, ...like } = first;
      const entry = ids.map(id => ({
        resource: { ...like, id },
        request: { method: 'PUT' as const, url: `Appointment/${id}` },
      }));
      await ehr.connection.client.transaction({ resourceType: 'Bundle', type: 'transaction', entry });
      const after = await round(ehr, kind, before.cursor);
      expect(ids.filter(id => after.statuses[id]?.length !== 1)).toEqual([]);
      const again = await round(ehr, kind, after.cursor);
      expect(ids.filter(id => again.statuses[id]?.length !== 1)).toEqual([]);
    });

    test('the first round over several pages brings each visit as it is now', async () => {
      const ids = Array.from({ length: 2 * PAGE + 1 }, () => ehr.newId('there'));
      for (const id of ids) await ehr.put(id);
      const { statuses } = await round(ehr, kind, undefined);
      expect(ids.filter(id => statuses[id]?.length !== 1)).toEqual([]);
    });
  });
});

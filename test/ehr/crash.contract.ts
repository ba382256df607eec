import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { byCriteria, type Door, ourDoor, SOON } from './door.ts';
import { onHapi } from './ehr.ts';
import { putAll } from './put-all.ts';
import { round } from './round.ts';

/** The last who need the server: it is killed, and started again by its supervisor. */
onHapi('being killed in mid-delivery', ehr => {
  describe('with hooks that wait in its memory', () => {
    const door = ourDoor(ehr, byCriteria);
    const bell = ourDoor(ehr, byCriteria);
    const heardAt = ({ heard }: Door) =>
      new Set(heard.flatMap(each => (each.kind === 'changed' ? each.refs : [])).map(ref => ref.id));

    test('what no hook announces any more is found by the poll, and hooks come again', async () => {
      const { cursor } = await round(ehr, 'type-history', undefined);
      const ids = Array.from({ length: 200 }, () => ehr.newId('lost'));
      const open = door.hold();
      await putAll(ehr, ids);
      // What another heard of has left HAPI's table and is on its way to us, in its memory alone.
      await expect.poll(() => ids.filter(id => !heardAt(bell).has(id)), SOON).toEqual([]);
      expect(door.waiting()).toBeGreaterThan(0);
      const hapi = inject('hapi');
      process.kill(Number(readFileSync('pidFile' in hapi ? hapi.pidFile : '', 'utf8')), 'SIGKILL');
      open();
      await expect.poll(() => isUp(ehr.connection.baseUrl), { timeout: 60_000, interval: 500 }).toBe(true);
      const { statuses } = await round(ehr, 'type-history', cursor);
      expect(ids.filter(id => statuses[id] === undefined)).toEqual([]);
      const after = ehr.newId('after');
      await ehr.put(after);
      await expect.poll(() => heardAt(door).has(after), SOON).toBe(true);
      expect(ids.filter(id => !heardAt(door).has(id)).length).toBeGreaterThan(0);
    }, 120_000);
  });
});

const isUp = (baseUrl: string): Promise<boolean> =>
  fetch(`${baseUrl}/metadata`).then(
    async response => response.ok && (await response.text()) !== '',
    () => false,
  );

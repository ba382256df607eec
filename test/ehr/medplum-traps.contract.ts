import { expect, test } from 'vitest';
import { byCriteria, ourDoor, SOON, sayWhich } from './door.ts';
import { onMedplumStyle } from './ehr.ts';

/** What of Medplum (`medplum.md` §0) the sandbox imitates: how hooks look. */
onMedplumStyle('the traps of its hooks', ehr => {
  const door = ourDoor(ehr, byCriteria);
  const isHeard = (id: string) => expect.poll(() => door.heard.some(each => sayWhich(id, each)), SOON).toBe(true);

  test('an empty body for a delete, of which an unsigned header says whose: a reason to read, and the read says gone', async () => {
    const id = ehr.newId('visit');
    await ehr.put(id);
    await isHeard(id);
    door.heard.length = 0;
    await ehr.ask('DELETE', `Appointment/${id}`);
    await isHeard(id);
    expect(await ehr.connection.client.read('Appointment', id)).toEqual({ outcome: 'gone' });
  });

  test('a channel header cut at its second colon: our secret has none, and everything was let in', () => {
    expect(door.refused).toEqual([]);
    expect(() => byCriteria(ehr, door.endpoint(), 'a-secret:with-a-colon')).toThrow('hook secret');
  });

  test('never switched on by the server: ours are created active', () => {
    expect(byCriteria(ehr, door.endpoint())).toMatchObject([{ status: 'active', criteria: 'Appointment?' }]);
  });

  test('what no hook can mend is known of it: batches, conflicts of different keys, an If-Match that is not obeyed', () => {
    expect(ehr.connection.profile).toMatchObject({
      deletes: 'deleted-param',
      writes: { patch: 'version-test', transactions: 'may-run-as-batch', conditionalCreate: 'one-at-a-time' },
    });
  });
});

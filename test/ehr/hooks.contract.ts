import { describe, expect, test } from 'vitest';
import { applySubscriptions, readSubscriptions, removeSubscriptions } from '../../sync/fhir/subscribe/subscribe.ts';
import { byCriteria, compared, OTHER_SECRET, ourDoor, type Says, SOON, sayLook, sayWhich, type Wish } from './door.ts';
import { type Ehr, onEveryEhr } from './ehr.ts';
import { byTopic, topicIsInUse } from './topic.ts';

const withoutPayload: Wish = (ehr, endpoint) =>
  byCriteria(ehr, endpoint).map(want => ({ ...want, channel: { ...want.channel, payload: undefined } }));

interface Form {
  form: string;
  wish: Wish;
  says: Says;
}

/** What a Subscription can ask to be sent, and what we understand of it: which one changed, or only that we must look. */
const BY_CRITERIA: Form[] = [
  { form: 'the resource itself', wish: byCriteria, says: sayWhich },
  { form: 'nothing at all', wish: withoutPayload, says: sayLook },
];
const BY_TOPIC: Form[] = [
  { form: "a topic's Bundle with the resource", wish: byTopic('full-resource'), says: sayWhich },
  { form: "a topic's Bundle with the id", wish: byTopic('id-only'), says: sayWhich },
  { form: "a topic's Bundle with neither", wish: byTopic('empty'), says: sayLook },
];

onEveryEhr('being notified', ehr => describe.each(BY_CRITERIA)('with $form', heardOfEach(ehr)), { hooks: true });
// A server that is not ours would have to be given our topic, untagged and for all.
onEveryEhr('being notified', ehr => describe.each(BY_TOPIC)('with $form', heardOfEach(ehr)), {
  hooks: true,
  own: true,
});

function heardOfEach(ehr: Ehr) {
  return ({ form, wish, says }: Form) => {
    const door = ourDoor(ehr, wish);
    if (form.includes('topic')) topicIsInUse(ehr, door);
    const isHeard = (id: string) => expect.poll(() => door.heard.some(each => says(id, each)), SOON).toBe(true);

    test('a create, an update, a cancellation and a delete are each heard of', async () => {
      const id = ehr.newId('visit');
      const steps = [
        () => ehr.put(id),
        () => ehr.put(id, { description: 'Changed' }),
        () => ehr.put(id, { status: 'cancelled' }),
        () => ehr.ask('DELETE', `Appointment/${id}`),
      ];
      for (const step of steps) {
        door.heard.length = 0;
        await step();
        await isHeard(id);
      }
      expect(door.refused).toEqual([]);
    });
  };
}

onEveryEhr(
  'subscribing',
  ehr => {
    const door = ourDoor(ehr, byCriteria);

    test('what is there is recognised as what was wanted, once the server has taken it up', async () => {
      const { create, update, remove, keep } = await compared(ehr, door.endpoint());
      expect({ create, update, remove }).toEqual({ create: [], update: [], remove: [] });
      expect(keep).toMatchObject([{ have: { status: 'active' } }]);
    });

    test('a new secret changes the Subscription in place, and it becomes active again', async () => {
      const diff = await compared(ehr, door.endpoint(), OTHER_SECRET);
      expect(diff.update).toMatchObject([{ why: 'Its secret is another one.' }]);
      expect(await applySubscriptions(ehr.connection.client, diff)).toMatchObject({ created: [], conflicts: [] });
      await expect
        .poll(async () => (await compared(ehr, door.endpoint(), OTHER_SECRET)).keep[0]?.have.status, SOON)
        .toBe('active');
    });

    test('removing takes ours away and nobody else’s', async () => {
      const [like] = byCriteria(ehr, 'http://127.0.0.1:9/nobody');
      const foreign = await ehr.ask('POST', 'Subscription', { ...like!, meta: {}, status: 'off' });
      const { client, profile } = ehr.connection;
      expect(await removeSubscriptions(client, profile, door.endpoint())).toHaveLength(1);
      const left = await readSubscriptions(client, profile);
      expect(left.map(each => each.id)).toContain(foreign.body?.id);
      expect(left.filter(each => each.channel.endpoint?.startsWith(door.endpoint()))).toEqual([]);
      await ehr.ask('DELETE', `Subscription/${foreign.body?.id}`);
    });
  },
  { hooks: true },
);

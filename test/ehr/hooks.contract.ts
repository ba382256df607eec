import type { Subscription } from '@medplum/fhirtypes';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../sync/domain/clock.ts';
import type { Heard } from '../../sync/fhir/notification/notification.ts';
import { desiredSubscriptions } from '../../sync/fhir/subscribe/desired.ts';
import { subscriptionDiff } from '../../sync/fhir/subscribe/diff.ts';
import { applySubscriptions, readSubscriptions, removeSubscriptions } from '../../sync/fhir/subscribe/subscribe.ts';
import { notificationRouter } from '../../sync/http/notification.ts';
import { type Listening, listen } from '../sandbox/listen.ts';
import { type Ehr, onEveryEhr, SECRET } from './ehr.ts';

/** A hook of a stock HAPI comes within its sweep; the one of the tests sweeps four times a second. */
const SOON = { timeout: 15_000, interval: 50 };

type Names = (id: string) => (heard: Heard) => boolean;
const named: Names = id => heard => heard.kind === 'changed' && heard.refs.some(ref => ref.id === id);
const catchUp: Names = () => heard => heard.kind === 'catch-up';

/** What the Subscription asks to be sent, and what of it is understood. */
const FORMS: { form: string; without?: 'payload'; says: Names }[] = [
  { form: 'the resource itself', says: named },
  { form: 'nothing', without: 'payload', says: catchUp },
];

onEveryEhr('being notified', ehr => {
  describe.each(FORMS)('of visits, with $form in the notification', ({ without, says }) => {
    const door = ourDoor(ehr, without);
    const isHeard = (id: string) => expect.poll(() => door.heard.some(says(id)), SOON).toBe(true);

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
  });
});

onEveryEhr('subscribing', ehr => {
  const door = ourDoor(ehr);

  test('what is there is recognised as what was wanted, once the server has taken it up', async () => {
    const { create, update, remove, keep } = await compared(ehr, door);
    expect({ create, update, remove }).toEqual({ create: [], update: [], remove: [] });
    expect(keep).toMatchObject([{ status: 'active' }]);
  });

  test('a new secret changes the Subscription in place, and it becomes active again', async () => {
    const other = 'another-correct-horse';
    const diff = await compared(ehr, door, other);
    expect(diff.update).toMatchObject([{ why: 'Its secret is another one.' }]);
    expect(await applySubscriptions(ehr.connection.client, diff)).toMatchObject({ created: [], conflicts: [] });
    await expect.poll(async () => (await compared(ehr, door, other)).keep[0]?.status, SOON).toBe('active');
  });

  test('removing takes ours away and nobody else’s', async () => {
    const foreign = await ehr.ask('POST', 'Subscription', {
      ...wanted(ehr, 'http://127.0.0.1:9/nobody', SECRET)[0],
      meta: {},
      status: 'off',
    });
    const { client, profile } = ehr.connection;
    expect(await removeSubscriptions(client, profile, door.endpoint())).toHaveLength(1);
    const left = await readSubscriptions(client, profile);
    expect(left.map(each => each.id)).toContain(foreign.body?.id);
    expect(left.filter(each => each.channel.endpoint?.startsWith(door.endpoint()))).toEqual([]);
    await ehr.ask('DELETE', `Subscription/${foreign.body?.id}`);
  });
});

const wanted = ({ connection }: Ehr, endpoint: string, secret: string) =>
  desiredSubscriptions({
    profile: connection.profile,
    endpoint,
    secret,
    types: [{ type: 'Appointment', push: 'criteria' }],
  });

async function compared(ehr: Ehr, { endpoint }: { endpoint(): string }, secret = SECRET) {
  const { client, profile } = ehr.connection;
  return subscriptionDiff(wanted(ehr, endpoint(), secret), await readSubscriptions(client, profile), endpoint());
}

/** The service's own door for hooks, with a Subscription that leads to it and is active. */
function ourDoor(ehr: Ehr, without?: 'payload') {
  const heard: Heard[] = [];
  const refused: string[] = [];
  let listening: Listening | undefined;
  const endpoint = () => `${listening?.url}/hooks/fhir/ehr`;
  beforeAll(async () => {
    const { baseUrl, profile } = ehr.connection;
    const app = express();
    const router = notificationRouter({
      connection: () => ({ baseUrl, profile, secrets: { header: [SECRET, 'another-correct-horse'] } }),
      accept: async wake => void heard.push(wake.heard),
      clock: systemClock,
      log: { warn: (_message, fields) => refused.push(String(fields?.reason)) },
    });
    app.use('/hooks/fhir/:connection', router);
    listening = await listen(app);
    const diff = await compared(ehr, { endpoint });
    for (const want of diff.create) if (without) Reflect.deleteProperty(want.channel, without);
    await applySubscriptions(ehr.connection.client, diff);
    await vi.waitFor(async () => {
      const ours = await mine();
      if (ours.length !== 1 || ours[0]?.status !== 'active') throw new Error('It is not active yet.');
    }, SOON);
  });
  const mine = async (): Promise<Subscription[]> => {
    const all = await readSubscriptions(ehr.connection.client, ehr.connection.profile);
    return all.filter(each => each.channel.endpoint === endpoint());
  };
  afterAll(async () => {
    // HAPI learns of a removed Subscription at its next sweep; a door that closed before would hold up all hooks.
    await removeSubscriptions(ehr.connection.client, ehr.connection.profile, endpoint());
    await new Promise(resolve => setTimeout(resolve, 1000));
    await listening?.close();
  });
  return { heard, refused, endpoint };
}

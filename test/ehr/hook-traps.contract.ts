import { setTimeout as sleep } from 'node:timers/promises';
import type { Subscription } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import type { WireSubscription } from '../../sync/fhir/subscribe/desired.ts';
import { openDeadEndpoint } from './dead-endpoint.ts';
import { byCriteria, type Door, ourDoor, SOON, sayWhich, type Wish } from './door.ts';
import { type Ehr, onEveryEhr } from './ehr.ts';
import { putAll } from './put-all.ts';
import { round } from './round.ts';
import { byTopic, topicIsInUse } from './topic.ts';

const narrow: Wish = (ehr, endpoint) =>
  byCriteria(ehr, endpoint).map(({ channel: { extension: _, ...channel }, ...want }) => ({
    ...want,
    criteria: 'Appointment?status=booked',
    channel,
  }));

onEveryEhr(
  'the traps of hooks',
  ehr => {
    describe('with narrow criteria and no wish for deletions', () => {
      const door = ourDoor(ehr, narrow);

      test('leaving the criteria, and a delete, are announced to nobody: the poll finds both', async () => {
        const [left, deleted, fence] = [ehr.newId('left'), ehr.newId('deleted'), ehr.newId('fence')];
        for (const id of [left, deleted]) await ehr.put(id);
        await isHeard(deleted);
        const { cursor } = await round(ehr, 'type-history', undefined);
        await isHeard(left);
        door.heard.length = 0;
        await ehr.put(left, { status: 'cancelled' });
        await ehr.ask('DELETE', `Appointment/${deleted}`);
        await ehr.put(fence);
        await isHeard(fence);
        expect(door.heard.filter(each => sayWhich(left, each) || sayWhich(deleted, each))).toEqual([]);
        const found = await round(ehr, 'type-history', cursor);
        expect([found.statuses[left], found.deleted.includes(deleted)]).toEqual([['cancelled'], true]);
      });

      const isHeard = (id: string) => expect.poll(() => door.heard.some(each => sayWhich(id, each)), SOON).toBe(true);
    });

    describe('with what the service asks for', () => {
      const door = ourDoor(ehr, byCriteria);
      const heardOf = (id: string) => door.heard.filter(each => sayWhich(id, each)).length;
      const isHeard = (id: string) => expect.poll(() => heardOf(id), SOON).toBeGreaterThan(0);

      test('out of order: each hook is a reason to read, and what is read is the newest', async () => {
        const ids = Array.from({ length: 20 }, () => ehr.newId('quick'));
        await Promise.all(
          ids.map(async id => {
            await ehr.put(id);
            await ehr.put(id, { status: 'arrived' });
            await ehr.put(id, { status: 'fulfilled' });
          }),
        );
        for (const id of ids) {
          await isHeard(id);
          const read = await ehr.connection.client.read('Appointment', id);
          expect(read).toMatchObject({ outcome: 'found', resource: { status: 'fulfilled' } });
        }
      });

      test("somebody else's dead endpoint, of a Subscription that stays active: the poll finds everything", async () => {
        const dead = await openDeadEndpoint();
        const theirs = await subscribed(ehr, {
          ...byCriteria(ehr, dead.url)[0]!,
          meta: {},
          channel: { type: 'rest-hook', endpoint: dead.url, payload: 'application/fhir+json' },
        });
        const { cursor } = await round(ehr, 'type-history', undefined);
        const ids = Array.from({ length: 1500 }, () => ehr.newId('stalled'));
        for (let from = 0; from < ids.length; from += 300) await putAll(ehr, ids.slice(from, from + 300));
        const { statuses } = await round(ehr, 'type-history', cursor);
        expect(ids.filter(id => statuses[id] === undefined)).toEqual([]);
        const status = await statusOf(ehr, theirs);
        if (ehr.name === 'HAPI') {
          await expect.poll(() => dead.knocks, SOON).toBeGreaterThan(2);
          expect(ids.filter(id => heardOf(id) === 0).length).toBeGreaterThan(100);
          expect(status).toBe('active');
        }
        // Whoever goes without this stops the hooks of all who come after.
        dead.heal();
        const last = ehr.newId('after');
        await ehr.put(last);
        await expect.poll(() => heardOf(last), { timeout: 40_000, interval: 100 }).toBeGreaterThan(0);
        await ehr.ask('DELETE', `Subscription/${theirs}`);
        await sleep(1000);
        await dead.close();
      });
    });
  },
  { hooks: true, own: true },
);

const heardOf = ({ heard }: Door, id: string): boolean => heard.some(each => sayWhich(id, each));

async function subscribed(ehr: Ehr, want: Subscription): Promise<string> {
  const { body } = await ehr.ask('POST', 'Subscription', want);
  const id = body?.id ?? '';
  await expect.poll(() => statusOf(ehr, id), SOON).toBe('active');
  return id;
}

async function statusOf(ehr: Ehr, id: string): Promise<string | undefined> {
  const { body } = await ehr.ask('GET', `Subscription/${id}`);
  return body?.resourceType === 'Subscription' ? body.status : undefined;
}

onEveryEhr(
  'a topic Subscription with a bad filter',
  ehr => {
    const door = ourDoor(ehr, byTopic('id-only'));
    topicIsInUse(ehr, door);

    test('is refused, or may silence others of its topic until it is gone: the poll finds everything', async () => {
      const [like] = byTopic('id-only')(ehr, `${door.endpoint()}/bad`);
      const filter = (like?._criteria?.extension ?? []).map(each => ({ ...each, valueString: 'Appointment?bogus=1' }));
      const want: WireSubscription = { ...like!, _criteria: { extension: filter } };
      const { status, body } = await ehr.ask('POST', 'Subscription', want);
      const bad = body?.id ?? '';
      if (ehr.name === 'HAPI') expect(status).toBe(201);
      if (status < 300) await expect.poll(() => statusOf(ehr, bad), SOON).toBe('active');
      const { cursor } = await round(ehr, 'type-history', undefined);
      const id = ehr.newId('unheard');
      await ehr.put(id);
      // Whom HAPI silences depends on whose turn came before the bad one's; nothing may depend on that.
      const { statuses } = await round(ehr, 'type-history', cursor);
      expect(statuses[id]).toEqual(['booked']);
      if (status < 300) await ehr.ask('DELETE', `Subscription/${bad}`);
      await expect.poll(() => heardOf(door, id), SOON).toBe(true);
    });
  },
  { hooks: true, own: true },
);

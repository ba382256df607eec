import { afterEach, describe, expect, test } from 'vitest';
import { FOLLOWED_TYPES } from '../../sync/domain/policy/subscription-wishes.ts';
import { summarise } from '../../sync/fhir/capability.ts';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { missedEvents } from '../../sync/fhir/notification/events.ts';
import { gaps } from '../../sync/fhir/notification/gaps.ts';
import { recognise, type VendorProfile } from '../../sync/fhir/profile.ts';
import { chooseStrategy } from '../../sync/fhir/strategy.ts';
import { desiredSubscriptions } from '../../sync/fhir/subscribe/desired.ts';
import { subscriptionDiff } from '../../sync/fhir/subscribe/diff.ts';
import {
  applySubscriptions,
  readSubscriptions,
  removeSubscriptions,
  subscriptionHealth,
} from '../../sync/fhir/subscribe/subscribe.ts';
import { openTestbed, type Testbed } from '../sandbox/testbed.ts';
import { testClient } from './support/client.ts';
import { openDoor, SECRET, type TestDoor } from './support/door.ts';
import { visit } from './support/practice.ts';
import { profileOf, profiles } from './support/profiles.ts';

let ehr: Testbed;
let door: TestDoor;
afterEach(async () => {
  await ehr.close();
  await door.close();
});

const open = async (hookStyle: 'spec' | 'medplum') => {
  ehr = await openTestbed({ hookStyle });
  door = await openDoor(ehr.base);
  return testClient(ehr.base).client;
};
const refsHeard = () =>
  door.heard.map(({ heard }) =>
    heard.kind === 'changed' ? heard.refs.map(r => `${r.type}/${r.id}`).join() : heard.kind,
  );

async function subscribe(client: EhrClient, profile: VendorProfile, connection: string, useTopics: boolean) {
  const endpoint = `${door.url}/hooks/fhir/${connection}`;
  const capability = summarise(await client.capability());
  const types = FOLLOWED_TYPES.map(type => ({
    type,
    ...chooseStrategy(useTopics ? capability : { ...capability, topics: [] }, profile, type),
  }));
  const wanted = desiredSubscriptions({ profile, endpoint, secret: SECRET, signingSecret: 'hmac', types });
  const diff = async () =>
    subscriptionDiff(wanted, await readSubscriptions(client, profile), endpoint, '2026-11-23T16:00:00.000Z');
  const applied = await applySubscriptions(client, await diff());
  await ehr.settle();
  return { applied, diff, endpoint };
}

test('the embedded EHR is recognised by its own statement', async () => {
  const client = await open('spec');
  expect(recognise(profiles, summarise(await client.capability()).software?.name)?.id).toBe('sandbox');
});

describe.each([
  ['HAPI', 'hapi', 'spec'],
  ['Medplum', 'medplum', 'medplum'],
] as const)('criteria as on %s', (_, vendor, style) => {
  test('subscribes once, hears a creation, a change and a deletion, and leaves nothing behind', async () => {
    const client = await open(style);
    const profile = profileOf(vendor);
    const { applied, diff, endpoint } = await subscribe(client, profile, vendor, false);
    expect(applied.created).toHaveLength(FOLLOWED_TYPES.length);
    expect(subscriptionHealth(await diff()).map(h => h.state)).toEqual(FOLLOWED_TYPES.map(() => 'active'));
    const again = await applySubscriptions(client, await diff());
    expect(again).toEqual({ created: [], updated: [], removed: [], conflicts: [], refused: [] });

    const { id } = await ehr.store.create(visit('v1', ehr.now()));
    await ehr.settle();
    await ehr.store.update(visit('v1', ehr.now(), { status: 'cancelled' }));
    await ehr.settle();
    await ehr.store.delete('Appointment', id);
    await ehr.settle();
    expect(refsHeard()).toEqual(['Appointment/v1', 'Appointment/v1', 'Appointment/v1']);
    expect(door.logged).toEqual([]);

    expect(await removeSubscriptions(client, profile, endpoint)).toHaveLength(FOLLOWED_TYPES.length);
    expect(await readSubscriptions(client, profile)).toEqual([]);
  });
});

test('one that the EHR switched off is brought back', async () => {
  const client = await open('spec');
  const profile = profileOf('hapi');
  const { diff } = await subscribe(client, profile, 'hapi', false);
  const [first] = await readSubscriptions(client, profile);
  await ehr.store.update({ ...first!, status: 'off' });
  expect((await applySubscriptions(client, await diff())).updated).toEqual([`Subscription/${first?.id}`]);
  await ehr.settle();
  expect(subscriptionHealth(await diff()).every(h => h.state === 'active')).toBe(true);
});

test('a topic: handshake, numbered events, and $events for those that were lost', async () => {
  const client = await open('spec');
  const profile = profileOf('sandbox');
  await subscribe(client, profile, 'hapi', true);
  expect(refsHeard().filter(kind => kind === 'handshake').length).toBeGreaterThan(0);
  door.heard.length = 0;
  const change = async (id: string) => {
    await ehr.store.update(visit(id, ehr.now()));
    await ehr.settle();
  };
  await change('a');
  ehr.faults.dropNotifications = true;
  await change('b');
  await change('c');
  ehr.faults.dropNotifications = false;
  await change('d');
  expect(refsHeard()).toEqual(['Appointment/a', 'Appointment/d']);

  let last: bigint | undefined;
  let gap: [bigint, bigint] | undefined;
  let subscription = '';
  for (const { heard } of door.heard) {
    if (heard.kind !== 'changed') continue;
    ({ last, gap } = gaps(last, heard.eventNumbers));
    subscription = heard.subscription ?? '';
  }
  expect(gap).toEqual([2n, 3n]);
  const options = { baseUrl: ehr.base, eventNumbers: 'cumulative' as const };
  const missed = await missedEvents(client, subscription, gap!, options);
  expect(missed.outcome === 'events' && missed.heard.refs.map(r => r.id)).toEqual(['b', 'c']);
  expect(await missedEvents(client, 'Subscription/unknown', [1n, 2n], options)).toEqual({ outcome: 'sweep' });
  expect(await missedEvents(client, subscription, [1n, 10n ** 18n], options)).toEqual({ outcome: 'sweep' });
});

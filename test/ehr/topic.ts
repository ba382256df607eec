import { beforeAll, vi } from 'vitest';
import { desiredSubscriptions } from '../../sync/fhir/subscribe/desired.ts';
import { SECRET } from './connect-to.ts';
import type { Door, Wish } from './door.ts';
import type { Ehr } from './ehr.ts';

/** The one we ship. */
const TOPIC = 'https://loopkeeper.org/fhir/SubscriptionTopic/appointment-change';

export type Content = 'full-resource' | 'id-only' | 'empty';

/** A server that declares its topics is taken at its word; on HAPI (R4) nothing declares them, and it was given ours. */
const topicOf = ({ connection }: Ehr): string =>
  connection.capability.topics.find(topic => /appointment/i.test(topic)) ?? TOPIC;

export const byTopic =
  (content: Content): Wish =>
  (ehr, endpoint) =>
    desiredSubscriptions({
      profile: ehr.connection.profile,
      endpoint,
      secret: SECRET,
      types: [{ type: 'Appointment', push: 'topic', topics: [topicOf(ehr)] }],
    }).map(want => {
      const payload = (want.channel._payload?.extension ?? []).map(each => ({ ...each, valueCode: content }));
      return { ...want, channel: { ...want.channel, _payload: { extension: payload } } };
    });

/** HAPI takes up a new topic about once a minute, so visits are changed until the first one is heard of. */
export function topicIsInUse(ehr: Ehr, door: Door): void {
  beforeAll(async () => {
    const id = ehr.newId('probe');
    let count = 0;
    const heardOfOne = async () => {
      await ehr.put(id, { description: `Probe ${++count}` });
      if (!door.heard.some(each => each.kind === 'changed' || each.kind === 'catch-up')) throw new Error('Not yet.');
    };
    await vi.waitFor(heardOfOne, { timeout: 90_000, interval: 1000 });
  }, 100_000);
}

import { describe, expect, it } from 'vitest';
import type { ChannelMedium, DeliveryReport, InboundMessage } from '../../sync/channels/channel.ts';
import { answerFromPhone } from '../../sync/channels/phone/answer.ts';
import { NO_FAULTS, type PhoneFaults, phoneChannel } from '../../sync/channels/phone/channel.ts';
import { channelContract } from './channel-contract.ts';
import { PhoneMemory } from './phone-memory.ts';

const NOW = '2026-11-21T15:30:00.000Z';
const REFUSED = 'CANARY-address';

function makePhone(medium: ChannelMedium, report?: (report: DeliveryReport) => Promise<void>) {
  const store = new PhoneMemory();
  const reports: DeliveryReport[] = [];
  let faults: PhoneFaults = NO_FAULTS;
  let count = 0;
  const newId = () => `phone-${++count}`;
  const channel = phoneChannel(medium, {
    ...{ store, newId, practiceAddress: '+15555550199', clock: () => NOW },
    report: report ?? (async given => void reports.push(given)),
    faults: () => faults,
  });
  const set = (more: Partial<PhoneFaults>) => {
    faults = { ...NO_FAULTS, ...more };
  };
  return { store, reports, channel, set, newId };
}

for (const medium of ['sms', 'email'] as const) {
  channelContract(`phone, ${medium}`, async () => {
    const phone = makePhone(medium);
    return {
      channel: {
        ...phone.channel,
        // The phone has no wrong numbers of its own, so the switch is thrown for this one.
        send: message => {
          if (message.to === REFUSED) phone.set({ send: 'refuses' });
          return phone.channel.send(message).finally(() => message.to === REFUSED && phone.set({}));
        },
      },
      address: index => (medium === 'sms' ? `+1555555${1000 + index}` : `p${index}@example.org`),
      refusedAddress: REFUSED,
      taken: async () => phone.store.entries,
      since: NOW,
      secrets: [],
      behave: {
        well: () => phone.set({}),
        busy: () => phone.set({ send: 'busy' }),
        takesAndBreaks: () => phone.set({ send: 'silent-kept' }),
        breaks: () => phone.set({ send: 'silent-lost' }),
      },
      stop: async () => {},
    };
  });
}

describe('the demonstration phone', () => {
  const message = { reference: 'Patient/1|r|a', to: '+15555550100', body: 'See you on Tuesday.' };

  it('reports delivery under the id it gave', async () => {
    const { channel, reports } = makePhone('sms');
    const result = await channel.send(message);
    expect(reports).toEqual([
      { channel: 'phone-sms', providerId: 'phone-1', reference: message.reference, state: 'delivered' },
    ]);
    expect(result).toEqual({ outcome: 'accepted', providerId: 'phone-1' });
  });

  it('keeps quiet about a message that never gets through', async () => {
    const { channel, reports, store, set } = makePhone('sms');
    set({ delivers: false });
    expect(await channel.send(message)).toMatchObject({ outcome: 'accepted' });
    expect(reports).toEqual([]);
    expect(store.entries).toMatchObject([{ delivered: false }]);
  });

  it('has sent the message also when the report gets lost', async () => {
    const { channel } = makePhone('sms', () => Promise.reject(new Error('The report got lost.')));
    expect(await channel.send(message)).toMatchObject({ outcome: 'accepted' });
  });

  it('does not know when its store fails', async () => {
    const { channel, store } = makePhone('sms');
    store.add = () => Promise.reject(new Error('The disk is full.'));
    store.byReference = () => Promise.reject(new Error('The disk is full.'));
    expect(await channel.send(message)).toEqual({ outcome: 'unknown' });
    expect(await channel.find(message, NOW)).toEqual({ outcome: 'unknown' });
  });

  it('gives an answer to the service, and shows only what the service took', async () => {
    const { store, newId } = makePhone('sms');
    const received: InboundMessage[] = [];
    const answer = { medium: 'sms', from: '+15555550100', to: '+15555550199', body: 'C' } as const;
    const answering = {
      store,
      newId,
      clock: () => NOW,
      receive: async (message: InboundMessage) => void received.push(message),
    };
    await answerFromPhone(answering, answer);
    expect(received).toEqual([
      { ...answer, channel: 'phone-sms', providerId: 'phone-1', receivedAt: NOW, attachments: [] },
    ]);
    expect(store.entries).toMatchObject([{ id: 'phone-1', writtenBy: 'patient', body: 'C' }]);

    const failing = { ...answering, receive: () => Promise.reject(new Error('The database is away.')) };
    await expect(answerFromPhone(failing, answer)).rejects.toThrow('The database is away.');
    expect(store.entries).toHaveLength(1);
  });
});

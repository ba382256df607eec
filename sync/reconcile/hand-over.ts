import type { SendResult } from '../channels/channel.ts';
import type { MessageRow } from '../store/message-row.ts';
import { settled } from './outcome.ts';
import type { Service } from './service.ts';
import type { Claimed } from './weigh.ts';

/** Calls the provider with what was claimed, and records how it ended. A silence is asked about at once. */
export async function handOver(service: Service, { batch, channel, body, subject }: Claimed): Promise<void> {
  const first = batch[0] as MessageRow;
  const unsubscribeUrl = first.medium === 'email' ? service.unsubscribeUrl(first.id) : undefined;
  const message = { reference: first.id, to: first.address, body, subject, unsubscribeUrl };
  const claimedAt = service.clock();
  let result: SendResult = await channel.send(message);
  if (result.outcome === 'unknown') {
    const found = await channel.find(message, claimedAt);
    if (found.outcome === 'found') result = { outcome: 'accepted', providerId: found.providerId };
  }
  await settled(service, first.id, result);
}

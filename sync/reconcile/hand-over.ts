import type { SendResult } from '../channels/channel.ts';
import { plus } from '../domain/time.ts';
import { traced } from '../domain/trace.ts';
import type { MessageRow } from '../store/message-row.ts';
import { CLAIM_HOLDS, resultOf, settled } from './outcome.ts';
import type { Service } from './service.ts';
import type { Claimed } from './weigh.ts';

/** Calls the provider with what was claimed, and records how it ended. A silence is asked about at once. */
export async function handOver(service: Service, { batch, channel, body, subject, at }: Claimed): Promise<void> {
  const first = batch[0] as MessageRow;
  const unsubscribeUrl = first.medium === 'email' ? service.unsubscribeUrl(first.id) : undefined;
  const message = { reference: first.id, to: first.address, body, subject, unsubscribeUrl };
  // Who was put to sleep since is taken for dead, and somebody else may have sent it. Between this look at the clock and
  // the call nothing may be awaited, or one could fall asleep there.
  if (service.clock() >= plus(at, CLAIM_HOLDS)) return;
  let result: SendResult = await channel.send(message);
  if (result.outcome === 'unknown') {
    const found = await channel.find(message, at);
    if (found.outcome === 'found') result = await resultOf(service, first.id, channel, found);
  }
  await settled(service, first.id, at, result);
  const { outcome } = result;
  service.log.info('A message was handed over.', {
    id: first.id,
    channel: channel.name,
    outcome,
    ...traced(first.traceparent),
  });
}

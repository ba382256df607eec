import type { Clock } from '../../domain/clock.ts';
import type { ChannelMedium, InboundMessage } from '../channel.ts';
import { phoneChannelName } from './channel.ts';
import type { PhoneStore } from './store.ts';

export interface PhoneAnswer {
  medium: ChannelMedium;
  /** The patient's number or address. */
  from: string;
  /** The practice's. */
  to: string;
  body: string;
}

export interface PhoneAnswering {
  store: PhoneStore;
  clock: Clock;
  newId: () => string;
  /** Takes the answer into the service, durably, as a provider's webhook would. */
  receive: (message: InboundMessage) => Promise<void>;
}

/**
 * What the patient typed: into the service first, then onto the phone, so that what the page shows as sent has been
 * received. Throws what the store or `receive` throws.
 */
export async function answerFromPhone(
  answering: PhoneAnswering,
  { medium, from, to, body }: PhoneAnswer,
): Promise<void> {
  const [id, at] = [answering.newId(), answering.clock()];
  const channel = phoneChannelName(medium);
  await answering.receive({ channel, medium, providerId: id, from, to, body, receivedAt: at, attachments: [] });
  await answering.store.add({ id, medium, writtenBy: 'patient', from, to, body, at, delivered: true });
}

import type { Clock } from '../../domain/clock.ts';
import type {
  Channel,
  ChannelFailure,
  ChannelMedium,
  DeliveryReport,
  FindResult,
  OutboundMessage,
  SendResult,
} from '../channel.ts';
import type { PhoneStore } from './store.ts';

/** How the demonstration phone misbehaves, so that every path of the loop can be shown. */
export interface PhoneFaults {
  /** `silent-kept`: takes the message and says nothing; `silent-lost`: loses it and says nothing. */
  send: 'works' | 'refuses' | 'busy' | 'silent-kept' | 'silent-lost';
  delivers: boolean;
}

export const NO_FAULTS: PhoneFaults = { send: 'works', delivers: true };

export interface PhoneChannelOptions {
  store: PhoneStore;
  /** The practice's own number or address, shown as the sender. */
  practiceAddress: string;
  clock: Clock;
  newId: () => string;
  /** Takes the delivery report. Its failure is that of a lost report: the message still went out. */
  report: (report: DeliveryReport) => Promise<void>;
  /** Read at every message, so that a switch works at once. */
  faults?: () => PhoneFaults;
}

export const phoneChannelName = (medium: ChannelMedium): string => `phone-${medium}`;

/** The embedded default: nothing leaves the machine, every text and e-mail shows on the phone page. */
export function phoneChannel(medium: ChannelMedium, options: PhoneChannelOptions): Channel {
  return {
    name: phoneChannelName(medium),
    medium,
    send: message => sendToPhone(medium, options, message),
    find: message => findOnPhone(options.store, message),
    check: async () => undefined,
  };
}

async function sendToPhone(
  medium: ChannelMedium,
  options: PhoneChannelOptions,
  message: OutboundMessage,
): Promise<SendResult> {
  const faults = options.faults?.() ?? NO_FAULTS;
  if (faults.send === 'refuses' || message.to.trim() === '') return { outcome: 'refused', failure: REFUSES };
  if (faults.send === 'busy') return { outcome: 'refused', failure: BUSY };
  if (faults.send === 'silent-lost') return { outcome: 'unknown' };
  const providerId = options.newId();
  try {
    await options.store.add(entryFor(medium, options, message, providerId, faults.delivers));
  } catch {
    return { outcome: 'unknown' };
  }
  if (faults.delivers) await reportDelivered(medium, options, message, providerId);
  return faults.send === 'silent-kept' ? { outcome: 'unknown' } : { outcome: 'accepted', providerId };
}

function entryFor(
  medium: ChannelMedium,
  options: PhoneChannelOptions,
  { to, body, subject, unsubscribeUrl, reference }: OutboundMessage,
  id: string,
  delivered: boolean,
) {
  const optional = { ...(subject ? { subject } : {}), ...(unsubscribeUrl ? { unsubscribeUrl } : {}) };
  const at = options.clock();
  return {
    id,
    medium,
    writtenBy: 'practice' as const,
    from: options.practiceAddress,
    to,
    body,
    at,
    delivered,
    reference,
    ...optional,
  };
}

async function reportDelivered(
  medium: ChannelMedium,
  options: PhoneChannelOptions,
  { reference }: OutboundMessage,
  providerId: string,
) {
  try {
    await options.report({ channel: phoneChannelName(medium), providerId, reference, state: 'delivered' });
  } catch {
    // Reports get lost at real providers too; `send` must not take that for a failure to send.
  }
}

async function findOnPhone(store: PhoneStore, message: OutboundMessage): Promise<FindResult> {
  try {
    const [entry] = await store.byReference(message.reference);
    return entry ? { outcome: 'found', providerId: entry.id } : { outcome: 'absent' };
  } catch {
    return { outcome: 'unknown' };
  }
}

const REFUSES: ChannelFailure = {
  reason: 'address-invalid',
  retry: 'never',
  fault: 'recipient',
  staffText: 'The demonstration phone refused the message.',
};

const BUSY: ChannelFailure = {
  reason: 'channel-down',
  retry: 'later',
  fault: 'provider',
  staffText: 'The demonstration phone is busy.',
};

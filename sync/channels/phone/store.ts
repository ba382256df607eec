import type { Instant } from '../../domain/clock.ts';
import type { ChannelMedium } from '../channel.ts';

/** One text or e-mail on the demonstration phone, in either direction. */
export interface PhoneEntry {
  /** The `providerId` of the message. */
  id: string;
  medium: ChannelMedium;
  writtenBy: 'practice' | 'patient';
  from: string;
  to: string;
  subject?: string;
  body: string;
  unsubscribeUrl?: string;
  at: Instant;
  /** False while the phone plays an unreachable one: the practice sent it, the patient does not see it. */
  delivered: boolean;
  /** Our key; only on what the practice wrote. */
  reference?: string;
}

/** Where the demonstration phone keeps its messages. Implemented by the store; times ascend in every answer. */
export interface PhoneStore {
  add(entry: PhoneEntry): Promise<void>;
  /** The newest `limit` entries, of one address (as `from` or `to`) or of all. */
  list(filter: { address?: string; limit: number }): Promise<PhoneEntry[]>;
  byReference(reference: string): Promise<PhoneEntry[]>;
}

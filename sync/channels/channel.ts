import type { Instant } from '../domain/clock.ts';
import type { Reason } from '../domain/reasons.ts';

/** The media that leave as text. A phone call is work for a person: a Task, not a channel. */
export type ChannelMedium = 'sms' | 'email';

/** One text or e-mail, rendered and permitted. `reference` is our key; the provider gets it where it can carry one. */
export interface OutboundMessage {
  reference: string;
  /** E.164 number, or an e-mail address. */
  to: string;
  body: string;
  /** E-mail only. */
  subject?: string;
  /** E-mail only: where one click stops these messages (`standards.md` §6.9). */
  unsubscribeUrl?: string;
}

/** What went wrong, said four ways: for the code, the loop, staff and the log (after `models.md`, habit 5). */
export interface ChannelFailure {
  reason: Reason;
  /** `later` only where the provider certainly did not take the message. */
  retry: 'never' | 'later';
  fault: 'ours' | 'recipient' | 'provider';
  /** A sentence for staff; holds no number and no words of the message. */
  staffText: string;
  providerCode?: string;
  /** It is our account that is refused: so will be every message, until a person has seen to it. */
  stopsChannel?: true;
}

/** `unknown`: the request may or may not have arrived. It is never sent again without asking `find`. */
export type SendResult =
  | { outcome: 'accepted'; providerId: string }
  | { outcome: 'refused'; failure: ChannelFailure }
  | { outcome: 'unknown' };

/** The provider's answer to "did you ever get this?" after a crash or a time-out. */
export type FindResult = { outcome: 'found'; providerId: string } | { outcome: 'absent' } | { outcome: 'unknown' };

export interface Channel {
  readonly name: string;
  readonly medium: ChannelMedium;
  /** Hands over one message, once. NOT idempotent: the caller records `sending` first. Never throws. */
  send(message: OutboundMessage): Promise<SendResult>;
  /**
   * Looks for a message handed over at or after `since`. May answer `unknown`. Never throws. Not every provider knows
   * our reference: a `providerId` the caller already holds for another message proves nothing.
   */
  find(message: OutboundMessage, since: Instant): Promise<FindResult>;
  /** For `doctor`: undefined when well, else one sentence. */
  check(): Promise<string | undefined>;
}

/** A text or e-mail that arrived. Deduplicated by (`channel`, `providerId`). */
export interface InboundMessage {
  channel: string;
  medium: ChannelMedium;
  providerId: string;
  from: string;
  to: string;
  body: string;
  receivedAt: Instant;
  /** References to attachments at the provider; never opened by us. */
  attachments: string[];
  /** The provider took it for one of its own keywords and has acted on it: after `stop` it refuses our next message. */
  providerKeyword?: 'stop' | 'start' | 'help';
}

/** A delivery report. May arrive late, twice, out of order, or before `send` has returned. */
export interface DeliveryReport {
  channel: string;
  providerId: string;
  reference?: string;
  state: 'sent' | 'delivered' | 'failed';
  failure?: ChannelFailure;
}

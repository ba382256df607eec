import type { Clock } from '../../domain/clock.ts';
import type { Channel, OutboundMessage, SendResult } from '../channel.ts';
import { badAddress, readSmtpError, unwritable } from './errors.ts';
import { composeLetter, messageIdFor, type SmtpSender } from './letter.ts';
import { type SmtpTransport, smtpSession } from './session.ts';

export interface SmtpChannelOptions {
  transport: SmtpTransport;
  sender: SmtpSender;
  clock: Clock;
}

/** E-mail through any SMTP server. `providerId` is the Message-ID, which bounces quote. */
export function smtpChannel(options: SmtpChannelOptions): Channel {
  return {
    name: 'smtp',
    medium: 'email',
    send: message => sendLetter(options, message),
    // SMTP has no question for "did you get this?".
    find: async () => ({ outcome: 'unknown' }),
    check: async () =>
      (await smtpSession(options.transport)).done ? undefined : 'The mail server does not let us in.',
  };
}

/** One address and nothing else: a comma or an angle bracket could add a reader. */
const ONE_ADDRESS = /^[^\s\p{Cc}<>(),;:\\"@]+@[^\s\p{Cc}<>(),;:\\"@]+$/u;

async function sendLetter(
  { transport, sender, clock }: SmtpChannelOptions,
  message: OutboundMessage,
): Promise<SendResult> {
  if (!ONE_ADDRESS.test(message.to)) return badAddress();
  const raw = await composeLetter(message, sender, clock()).catch(() => undefined);
  if (!raw) return unwritable();
  const end = await smtpSession(transport, { from: sender.address, to: message.to, raw });
  if (!end.done) return readSmtpError(end.error, end.handedOver);
  return { outcome: 'accepted', providerId: messageIdFor(message.reference, sender) };
}

import type { Clock } from '../domain/clock.ts';
import type { Channel, ChannelMedium } from './channel.ts';
import type { ChannelConfig, PhoneConfig, SmtpConfig, TwilioConfig } from './config.ts';
import { type PhoneChannelOptions, phoneChannel } from './phone/channel.ts';
import { smtpChannel } from './smtp/channel.ts';
import { twilioChannel } from './twilio/channel.ts';

export interface Channels {
  sms?: Channel;
  email?: Channel;
}

export interface ChannelSurroundings {
  fetch: typeof globalThis.fetch;
  clock: Clock;
  /** Needed only where the phone serves a medium. */
  phone?: Omit<PhoneChannelOptions, 'practiceAddress' | 'clock'>;
}

/**
 * Makes the configured channels, or throws one full sentence: no real channel without a recorded BAA, no plain-text
 * wire to another machine, no demonstration phone in production.
 */
export function startChannels(config: ChannelConfig, surroundings: ChannelSurroundings): Channels {
  const { sms, email } = config;
  return {
    ...(sms && { sms: sms.kind === 'twilio' ? twilio(sms, surroundings) : phone('sms', sms, config, surroundings) }),
    ...(email && {
      email: email.kind === 'smtp' ? smtp(email, surroundings) : phone('email', email, config, surroundings),
    }),
  };
}

function twilio(config: TwilioConfig, { fetch, clock }: ChannelSurroundings): Channel {
  requireBaa('Twilio', config.baa, clock);
  if (!/twilio/i.test(config.baa?.vendor ?? '')) {
    throw new Error(
      `Twilio will not start: the recorded BAA is with ${config.baa?.vendor}, and it has to be with Twilio.`,
    );
  }
  if (!config.baseUrl.startsWith('https://') && !isThisMachine(new URL(config.baseUrl).hostname)) {
    throw new Error('Twilio will not start: its address has to begin with https://, or texts would travel readable.');
  }
  const { accountSid, authToken, baseUrl, sender, statusCallback } = config;
  const account = { accountSid, authToken, baseUrl, timeoutMs: config.timeoutSeconds * 1000 };
  return twilioChannel({ account, sender, statusCallback, fetch });
}

function smtp(config: SmtpConfig, { clock }: ChannelSurroundings): Channel {
  requireBaa('E-mail (SMTP)', config.baa, clock);
  if (config.security === 'none' && !isThisMachine(config.host)) {
    throw new Error('E-mail (SMTP) will not start: without TLS it may only speak to a relay on this very machine.');
  }
  const { host, port, security, auth, sender } = config;
  return smtpChannel({
    transport: { host, port, security, auth, timeoutMs: config.timeoutSeconds * 1000 },
    sender,
    clock,
  });
}

function phone(
  medium: ChannelMedium,
  config: PhoneConfig,
  { production }: ChannelConfig,
  around: ChannelSurroundings,
): Channel {
  if (production) {
    throw new Error(
      'The demonstration phone will not start in production: it shows every message to whoever opens it.',
    );
  }
  if (!around.phone)
    throw new Error('The demonstration phone will not start: it was given no place to keep its messages.');
  return phoneChannel(medium, { ...around.phone, practiceAddress: config.practiceAddress, clock: around.clock });
}

function requireBaa(channel: string, baa: TwilioConfig['baa'], clock: Clock): void {
  if (!baa) {
    throw new Error(
      `${channel} will not start: no business associate agreement (BAA) with the vendor is recorded. Record its vendor, the day it was signed and where it is kept.`,
    );
  }
  // A day of grace, because the day of signing is local and our day is UTC.
  const signed = Date.parse(baa.signedOn);
  if (signed > Date.parse(clock()) + 86_400_000) {
    throw new Error(`${channel} will not start: the recorded BAA is dated ${baa.signedOn}, which is still to come.`);
  }
}

const isThisMachine = (host: string): boolean => ['localhost', '127.0.0.1', '::1', '[::1]'].includes(host);

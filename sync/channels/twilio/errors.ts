import type { Reason } from '../../domain/reasons.ts';
import type { ChannelFailure } from '../channel.ts';

/**
 * Twilio's codes in plain English (`standards.md` §6.5). 2xxxx come with the answer to a request, 30xxx with a status
 * callback. `later` in a 30xxx row means: the carrier gave up on this attempt, and another attempt may succeed.
 */
type Row = readonly [reason: Reason, retry: 'never' | 'later', fault: ChannelFailure['fault'], staffText: string];

const TABLE: Readonly<Record<string, Row>> = {
  // our account
  20003: [
    'channel-down',
    'later',
    'ours',
    'Twilio does not accept our credentials. An administrator has to renew them.',
  ],
  20005: ['channel-down', 'later', 'ours', 'The Twilio account is not active. An administrator has to look at it.'],
  20404: ['channel-down', 'later', 'ours', 'Twilio does not know our account. An administrator has to correct it.'],
  20429: ['channel-down', 'later', 'provider', 'Twilio asks us to send more slowly.'],
  30001: ['channel-down', 'later', 'provider', "Twilio's queue was full."],
  30002: ['channel-down', 'later', 'ours', 'The Twilio account is suspended. An administrator has to look at it.'],
  // our sender
  21212: ['channel-down', 'later', 'ours', 'Our sending number is not valid. An administrator has to correct it.'],
  21408: ['channel-refused', 'never', 'ours', 'Our Twilio account may not text this country.'],
  21603: ['channel-down', 'later', 'ours', 'No sending number is set. An administrator has to set it.'],
  21606: ['channel-down', 'later', 'ours', 'Our sending number cannot send texts. An administrator has to correct it.'],
  21659: ['channel-down', 'later', 'ours', 'Our sending number is not a number of our account.'],
  21703: ['channel-down', 'later', 'ours', 'The messaging service has no number to send from.'],
  21704: ['channel-down', 'later', 'ours', 'The messaging service has no number to send from.'],
  30022: ['channel-down', 'later', 'ours', 'We sent faster than our registration with the carriers allows.'],
  30023: ['channel-down', 'later', 'ours', 'We sent more today than our registration with the carriers allows.'],
  30032: ['channel-refused', 'never', 'ours', 'Our toll-free number is not verified, so carriers block it.'],
  30034: ['channel-refused', 'never', 'ours', 'Our number is not registered with the carriers, so they block it.'],
  // the recipient
  21211: ['address-invalid', 'never', 'recipient', 'The number is not valid. Please correct it in the chart.'],
  21604: ['address-invalid', 'never', 'recipient', 'There is no number to text. Please add one to the chart.'],
  21610: ['opted-out', 'never', 'recipient', 'The owner of this number has told the provider to stop our texts.'],
  21612: ['address-not-textable', 'never', 'recipient', 'This number cannot be reached by text. Please ring or write.'],
  21614: ['address-not-textable', 'never', 'recipient', 'This is not a mobile number. Please ring or write.'],
  21635: ['address-not-textable', 'never', 'recipient', 'This number is a landline. Please ring or write.'],
  30003: ['undeliverable', 'later', 'recipient', 'The phone was off or out of reach.'],
  30005: [
    'address-invalid',
    'never',
    'recipient',
    'The number is unknown or no longer in use. Please correct the chart.',
  ],
  30006: [
    'address-not-textable',
    'never',
    'recipient',
    'The number is a landline or takes no texts. Please ring or write.',
  ],
  // the message
  21602: ['channel-refused', 'never', 'ours', 'The text was empty.'],
  21617: ['channel-refused', 'never', 'ours', 'The text was longer than a provider accepts.'],
  30004: ['channel-refused', 'never', 'provider', 'The carrier or the owner of the phone blocks our texts.'],
  30007: ['channel-refused', 'never', 'ours', 'The carrier took the text for spam. The approved text needs a look.'],
  30008: ['undeliverable', 'later', 'provider', 'The carrier failed without saying why.'],
  30039: [
    'channel-refused',
    'never',
    'provider',
    'Twilio held the text back because two machines seemed to answer each other.',
  ],
};

/** Our account as such is refused, not this message or its sender: asking on would only make matters worse. */
const ACCOUNT = new Set([20003, 20005, 20404, 30002]);
const STOPS = { stopsChannel: true } as const;

/** The failure behind a code, or undefined for a code that is not in the table. */
export function knownTwilioFailure(code: number): ChannelFailure | undefined {
  const row = TABLE[code];
  if (!row) return undefined;
  const [reason, retry, fault, staffText] = row;
  return { reason, retry, fault, staffText, providerCode: String(code), ...(ACCOUNT.has(code) ? STOPS : {}) };
}

/** A message Twilio took and could not deliver. Without a known code it is a plain, final failure. */
export const deliveryFailure = (code: number | undefined): ChannelFailure =>
  (code !== undefined && knownTwilioFailure(code)) || {
    reason: 'undeliverable',
    retry: 'never',
    fault: 'provider',
    staffText: 'The text was not delivered, and the carrier gave no reason that we know.',
    ...(code === undefined ? {} : { providerCode: String(code) }),
  };

import { z } from 'zod';
import type { Channel } from '../channel.ts';
import { findText } from './find.ts';
import { TWILIO } from './names.ts';
import { type TwilioAccount, type TwilioRequest, twilioRequest } from './request.ts';
import { sendText, type TwilioSender } from './send.ts';

export interface TwilioChannelOptions {
  account: TwilioAccount;
  sender: TwilioSender;
  /** Public address of our status door; our reference is added to its query. */
  statusCallback?: string | undefined;
  fetch: typeof globalThis.fetch;
}

/** Texts through Twilio's REST API. Keeps no state; safe to use from many places at once. */
export function twilioChannel(options: TwilioChannelOptions): Channel {
  const request = twilioRequest(options.account, options.fetch);
  return {
    name: TWILIO,
    medium: 'sms',
    send: message => sendText(request, options, message),
    find: (message, since) => findText(request, message, since),
    check: () => checkAccount(request),
  };
}

const Account = z.object({ status: z.string() });

async function checkAccount(request: TwilioRequest): Promise<string | undefined> {
  const answer = await request('GET', '.json');
  if (answer.kind !== 'answered') return 'Twilio could not be reached.';
  if (answer.status === 401) return 'Twilio does not accept our account id and auth token.';
  const account = Account.safeParse(answer.body);
  if (answer.status !== 200 || !account.success) return `Twilio answered the check with HTTP ${answer.status}.`;
  return account.data.status === 'active' ? undefined : 'The Twilio account is not active.';
}

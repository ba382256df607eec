import { z } from 'zod';
import type { ChannelFailure, OutboundMessage, SendResult } from '../channel.ts';
import { callbackAddress } from './callback-address.ts';
import { knownTwilioFailure } from './errors.ts';
import { MESSAGE_SID } from './names.ts';
import type { TwilioRequest } from './request.ts';

/** Where texts leave from: a number of ours, or a Messaging Service that picks one. */
export type TwilioSender = { from: string } | { messagingServiceSid: string };

const Created = z.object({ sid: z.string().regex(MESSAGE_SID) });
const Refused = z.object({ code: z.number().int() });

/** Message creation has no idempotency key (`standards.md` §6.5), so a silence is `unknown` and never repeated here. */
export async function sendText(
  request: TwilioRequest,
  settings: { sender: TwilioSender; statusCallback?: string | undefined },
  message: OutboundMessage,
): Promise<SendResult> {
  const form = new URLSearchParams({ To: message.to, Body: message.body });
  if ('from' in settings.sender) form.set('From', settings.sender.from);
  else form.set('MessagingServiceSid', settings.sender.messagingServiceSid);
  if (settings.statusCallback) form.set('StatusCallback', callbackAddress(settings.statusCallback, message.reference));

  const answer = await request('POST', '/Messages.json', form);
  if (answer.kind === 'not-sent') return { outcome: 'refused', failure: unreachable };
  if (answer.kind === 'broken') return { outcome: 'unknown' };
  return readSendAnswer(answer.status, answer.body);
}

/** What an HTTP answer to message creation proves. Anything that proves nothing is `unknown`. */
export function readSendAnswer(status: number, body: unknown): SendResult {
  if (status >= 200 && status < 300) {
    const created = Created.safeParse(body);
    return created.success ? { outcome: 'accepted', providerId: created.data.sid } : { outcome: 'unknown' };
  }
  const code = Refused.safeParse(body).data?.code;
  const known = code === undefined ? undefined : knownTwilioFailure(code);
  // A code from the table is Twilio's own refusal, even under a 5xx; a bare 5xx may come after the message was taken.
  if (known) return { outcome: 'refused', failure: known };
  if (status < 400 || status >= 500 || status === 408) return { outcome: 'unknown' };
  return { outcome: 'refused', failure: byStatus(status, code) };
}

const unreachable: ChannelFailure = {
  reason: 'channel-down',
  retry: 'later',
  fault: 'provider',
  staffText: 'Twilio could not be reached.',
};

function byStatus(status: number, code: number | undefined): ChannelFailure {
  const providerCode = String(code ?? status);
  const like = (known: number) => {
    const { stopsChannel, ...failure } = knownTwilioFailure(known)!;
    // Without a code the answer came from something between us and Twilio: neither message nor account was judged.
    return { ...failure, providerCode, ...(stopsChannel && code !== undefined ? { stopsChannel } : {}) };
  };
  if (status === 429) return like(20429);
  if (status === 401 || status === 403) return like(20003);
  if (status === 404) return like(20404);
  if (code === undefined) return { ...unreachable, providerCode };
  const staffText = 'The provider refused the text for a reason we do not know; an administrator can look up the code.';
  return { reason: 'channel-refused', retry: 'never', fault: 'provider', staffText, providerCode };
}

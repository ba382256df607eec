import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import type { InboundMessage } from '../channel.ts';
import type { ProviderRequest } from '../provider-request.ts';
import { formRecord, readForm } from './form.ts';
import { MESSAGE_SID, TWILIO } from './names.ts';

const Address = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{Cc}*$/u);

/** Only what we cannot do without is strict: a text refused at the door is lost, because Twilio does not repeat a 400. */
const InboundForm = z.object({
  MessageSid: z.string().regex(MESSAGE_SID),
  From: Address,
  To: Address,
  Body: z.string().default(''),
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional().catch(undefined),
});

const KEYWORDS = { STOP: 'stop', START: 'start', HELP: 'help' } as const;

/** Throws a ZodError for a form that is no text. Twilio sends no time, so the text is dated when it arrives here. */
export function readInbound(request: ProviderRequest, clock: Clock): InboundMessage {
  const record = formRecord(readForm(request.body));
  const form = InboundForm.parse(record);
  return {
    channel: TWILIO,
    medium: 'sms',
    providerId: form.MessageSid,
    from: form.From,
    to: form.To,
    // PostgreSQL text cannot hold NUL; the mark shows that something stood here.
    body: form.Body.replaceAll('\u0000', '\uFFFD'),
    receivedAt: clock(),
    attachments: mediaUrls(record),
    ...(form.OptOutType ? { providerKeyword: KEYWORDS[form.OptOutType] } : {}),
  };
}

/** Twilio allows ten. What is not an https address is left out: it could not be fetched safely anyway. */
function mediaUrls(record: Record<string, string | string[]>): string[] {
  const urls = Array.from({ length: 10 }, (_, index) => record[`MediaUrl${index}`]);
  return urls.filter(url => typeof url === 'string').filter(url => URL.canParse(url) && url.startsWith('https://'));
}

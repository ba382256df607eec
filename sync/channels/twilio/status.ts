import { z } from 'zod';
import type { DeliveryReport } from '../channel.ts';
import type { ProviderRequest } from '../provider-request.ts';
import { referenceIn } from './callback-address.ts';
import { deliveryFailure } from './errors.ts';
import { formRecord, readForm } from './form.ts';
import { MESSAGE_SID, TWILIO } from './names.ts';

const StatusForm = z.object({
  MessageSid: z.string().regex(MESSAGE_SID),
  MessageStatus: z.string().min(1).max(40),
  ErrorCode: z.coerce.number().int().positive().optional().catch(undefined),
});

/** Statuses that tell us something new. The others (`queued`, `sending`, …, and any Twilio adds) do not. */
const STATES: Readonly<Record<string, DeliveryReport['state']>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

/** Undefined for a status that says nothing new. Throws a ZodError for a form that is no status callback. */
export function readStatus(request: ProviderRequest): DeliveryReport | undefined {
  const form = StatusForm.parse(formRecord(readForm(request.body)));
  const state = Object.hasOwn(STATES, form.MessageStatus) ? STATES[form.MessageStatus] : undefined;
  if (!state) return undefined;
  const reference = referenceIn(request.url);
  return {
    channel: TWILIO,
    providerId: form.MessageSid,
    state,
    ...(reference ? { reference } : {}),
    ...(state === 'failed' ? { failure: deliveryFailure(form.ErrorCode) } : {}),
  };
}

import type express from 'express';
import { readInbound } from '../channels/twilio/inbound.ts';
import { isSignedByTwilio } from '../channels/twilio/signature.ts';
import { readStatus } from '../channels/twilio/status.ts';
import { receive } from '../reconcile/answer.ts';
import { receiveReport } from '../reconcile/outcome.ts';
import type { Service } from '../reconcile/service.ts';
import { providerWebhook } from './provider-webhook.ts';

/** Where Twilio tells of texts that arrived, and of what became of ours. `publicUrl`: as Twilio knows us. */
export const twilioDoors = (
  service: Service,
  { publicUrl, authToken }: { publicUrl: string; authToken: string },
): { path: string; router: express.Router } => ({
  path: '/hooks/twilio',
  router: providerWebhook(
    {
      publicBase: publicUrl,
      clock: service.clock,
      verify: request => isSignedByTwilio(request, [authToken]),
      onRefused: (door, reason) => service.log.warn('A webhook call was refused.', { door, reason }),
    },
    {
      path: '/inbound',
      parse: request => readInbound(request, service.clock),
      record: message => receive(service, message),
    },
    { path: '/status', parse: request => readStatus(request), record: report => receiveReport(service, report) },
  ),
});

import { z } from 'zod';

/**
 * A business associate agreement, as somebody recorded it (`scope.md` AUD4). We cannot check a signature; we can
 * refuse to send patients' words to a vendor for whom nobody wrote one down.
 */
export const BaaRecord = z.strictObject({
  vendor: z.string().trim().min(1),
  /** A calendar date, `2026-03-01`. */
  signedOn: z.iso.date(),
  /** Where the paper is: a contract number, a folder. */
  reference: z.string().trim().min(1),
});

const Seconds = z.number().positive().max(120);
/** No trailing slash, so that paths can be added. */
const HttpUrl = z.url({ protocol: /^https?$/ }).transform(url => url.replace(/\/+$/, ''));

const TwilioConfig = z.strictObject({
  kind: z.literal('twilio'),
  accountSid: z.string().regex(/^AC[0-9a-f]{32}$/i, 'An account id is AC and 32 hexadecimal digits.'),
  authToken: z.string().min(1),
  sender: z.union([
    z.strictObject({
      from: z.string().regex(/^(\+[1-9]\d{6,14}|\d{5,6})$/, 'A sender is an E.164 number or a short code.'),
    }),
    z.strictObject({ messagingServiceSid: z.string().regex(/^MG[0-9a-f]{32}$/i) }),
  ]),
  /** Public address of the status door. Without it nobody learns what became of a text. */
  statusCallback: z.url({ protocol: /^https?$/ }).optional(),
  baseUrl: HttpUrl.default('https://api.twilio.com'),
  timeoutSeconds: Seconds.default(15),
  baa: BaaRecord.optional(),
});

const SmtpConfig = z.strictObject({
  kind: z.literal('smtp'),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  auth: z.strictObject({ user: z.string().min(1), pass: z.string().min(1) }).optional(),
  sender: z.strictObject({ name: z.string().min(1), address: z.email() }),
  timeoutSeconds: Seconds.default(30),
  baa: BaaRecord.optional(),
});

/** The embedded phone. `practiceAddress` is what patients see as the sender. */
const PhoneConfig = z.strictObject({ kind: z.literal('phone'), practiceAddress: z.string().min(1) });

/** Which channel serves which medium. A medium left out has none: its messages wait with `channel-not-configured`. */
export const ChannelConfig = z.strictObject({
  production: z.boolean(),
  sms: z.discriminatedUnion('kind', [TwilioConfig, PhoneConfig]).optional(),
  email: z.discriminatedUnion('kind', [SmtpConfig, PhoneConfig]).optional(),
});

export type BaaRecord = z.infer<typeof BaaRecord>;
export type ChannelConfig = z.infer<typeof ChannelConfig>;
export type TwilioConfig = z.infer<typeof TwilioConfig>;
export type SmtpConfig = z.infer<typeof SmtpConfig>;
export type PhoneConfig = z.infer<typeof PhoneConfig>;

import { z } from 'zod';

const hasUser = ({ username, password }: URL): boolean => username !== '' || password !== '';
const url = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
  .refine(text => !URL.canParse(text) || !hasUser(new URL(text)), 'must not hold a name or a password')
  .transform(text => text.replace(/\/+$/, ''));
/** Whoever mistypes one should read what to write instead. */
const whole = (usual: number, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}) =>
  z.coerce
    .number({ error: `must be a number, such as ${usual}` })
    .int(`must be a whole number, such as ${usual}`)
    .min(least, `must be ${least} or more`)
    .max(most, `must be ${most} or less`)
    .default(usual);
const port = (usual: number) => whole(usual, { most: 65_535 });
const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });
const list = z
  .string()
  .default('')
  .transform(text =>
    text
      .split(',')
      .map(one => one.trim())
      .filter(Boolean),
  );
/** The one that is told, and behind a comma the one of before, which is still believed. */
const inUse = (form: RegExp, error: string) =>
  z
    .string()
    .regex(form, error)
    .transform(text => text.split(','));
const onOff = (fallback: boolean) =>
  oneOf(['on', 'off'])
    .default(fallback ? 'on' : 'off')
    .transform(word => word === 'on');

/** The environment, and the only place that says what each variable means. README's table is made from it. */
export const Environment = z.object({
  LOOPKEEPER_MODE: oneOf(['production', 'test'])
    .default('test')
    .describe('`production` sends to everybody; `test` only to LOOPKEEPER_ALLOW'),
  LOOPKEEPER_STATE: z
    .string()
    .min(1)
    .default('.loopkeeper')
    .describe('Folder of the embedded database, when DATABASE_URL is not set'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, { error: 'must begin with postgres://', abort: true })
    .refine(URL.canParse, 'is no address; in its password, write # as %23, / as %2F and ? as %3F')
    .optional()
    .describe('PostgreSQL; without it the embedded database is used'),
  LOOPKEEPER_PRACTICE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be small letters, digits and hyphens, 40 at most')
    .default('practice')
    .describe('Whose rows these are, where several practices share a database'),
  LOOPKEEPER_HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  LOOPKEEPER_PORT: port(8080).describe('Port to listen on'),
  LOOPKEEPER_PUBLIC_URL: url
    .optional()
    .describe('How EHR and providers reach this service, e.g. https://sync.example.org'),
  LOOPKEEPER_MAPPINGS: z
    .string()
    .min(1)
    .default('mappings')
    .describe("Folder of the practice's rules, texts and EHR profiles"),
  LOOPKEEPER_LOG: oneOf(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least severe line that is logged'),
  LOOPKEEPER_ALLOW: list.describe('Outside production: the only addresses that are written to, separated by commas'),
  LOOPKEEPER_POLL_SECONDS: whole(60, { least: 5 }).describe('Pause between two polls of the EHR'),
  EHR_ID: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be small letters, digits and hyphens')
    .default('ehr')
    .describe('Name of the connection, part of its hook address'),
  EHR_BASE_URL: url.optional().describe('FHIR R4 base of the EHR'),
  EHR_PROFILE: z.string().optional().describe('A file of mappings/ehr; recognised by itself when not set'),
  EHR_AUTH: oneOf(['none', 'bearer', 'basic', 'client-secret', 'backend-services'])
    .default('none')
    .describe('How we prove who we are; in production `none` is for an EHR on this very machine alone'),
  EHR_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word of plain characters')
    .optional()
    .describe('With `bearer`: the token'),
  EHR_USER: z
    .string()
    .regex(/^[^:]+$/, 'must not hold a colon')
    .optional()
    .describe('With `basic`: the name'),
  EHR_PASSWORD: z.string().optional().describe('With `basic`'),
  EHR_CLIENT_ID: z.string().optional().describe('With `client-secret` and `backend-services`'),
  EHR_CLIENT_SECRET: z.string().optional().describe('With `client-secret`'),
  EHR_PRIVATE_KEY_FILE: z
    .string()
    .optional()
    .describe('With `backend-services`: our private JWK Set (or one JWK), which `keys` makes and rotates'),
  EHR_TOKEN_URL: url.optional().describe('Token endpoint, when SMART discovery does not name it'),
  EHR_SCOPE: z.string().default('system/*.cruds').describe('Scopes to ask for'),
  EHR_HOOK_SECRET: inUse(/^[\w.-]{16,200}(,[\w.-]{16,200})?$/, 'must have 16 to 200 letters, digits, `.`, `-` or `_`')
    .optional()
    .describe('What notifications must carry; without it nothing is subscribed to. While it changes: `new,old`'),
  EHR_SIGNING_SECRET: inUse(/^[^,]+(,[^,]+)?$/, 'must be one, or two with a comma between')
    .optional()
    .describe('Key of the HMAC, where the EHR signs its notifications. While it changes: `new,old`'),
  EHR_PRACTITIONERS: list.describe(
    'Where the EHR can only be asked about one at a time: Practitioner/1,Practitioner/2',
  ),
  EHR_PATIENTS: list.describe('Likewise: Patient/1,Patient/2'),
  EHR_BAA: z
    .string()
    .optional()
    .describe('Agreement with whoever runs the EHR: `vendor;2026-01-31;where the paper is`'),
  TWILIO_ACCOUNT_SID: z.string().optional().describe('Turns on texting by Twilio'),
  TWILIO_AUTH_TOKEN: z.string().optional().describe('Primary token; also signs webhooks'),
  TWILIO_FROM: z.string().optional().describe('Sending number in E.164, or use TWILIO_MESSAGING_SERVICE_SID'),
  TWILIO_MESSAGING_SERVICE_SID: z.string().optional().describe('Sending pool'),
  TWILIO_BASE_URL: url.optional().describe("Another address than Twilio's own, for a stand-in"),
  TWILIO_BAA: z.string().optional().describe('As EHR_BAA'),
  SMTP_HOST: z.string().optional().describe('Turns on e-mail'),
  SMTP_PORT: port(587).describe('Port of the relay'),
  SMTP_SECURITY: oneOf(['tls', 'starttls', 'none']).default('starttls').describe('How the wire is protected'),
  SMTP_USER: z.string().optional().describe('Name at the relay'),
  SMTP_PASSWORD: z.string().optional().describe('Password at the relay'),
  SMTP_FROM_NAME: z.string().default('Your practice').describe('Sender as patients see it'),
  SMTP_FROM: z.email('must be an e-mail address').optional().describe('Sender address'),
  SMTP_BAA: z.string().optional().describe('As EHR_BAA'),
  LOOPKEEPER_SUBSCRIBE: onOff(true).describe('`off`: never ask the EHR for notifications, only poll'),
});
export type Environment = z.infer<typeof Environment>;

/**
 * What nobody may read over a shoulder. Each may also come from a file, as Docker and Kubernetes hand secrets over:
 * `<NAME>_FILE` names it.
 */
export const SECRETS = [
  'DATABASE_URL',
  'EHR_TOKEN',
  'EHR_PASSWORD',
  'EHR_CLIENT_SECRET',
  'EHR_HOOK_SECRET',
  'EHR_SIGNING_SECRET',
  'TWILIO_AUTH_TOKEN',
  'SMTP_PASSWORD',
] as const satisfies (keyof Environment)[];

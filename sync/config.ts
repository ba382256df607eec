import { ChannelConfig } from './channels/config.ts';
import { Environment, SECRETS } from './environment.ts';
import { withSecretFiles } from './secret-files.ts';

export interface Config {
  environment: Environment;
  production: boolean;
  publicUrl: string;
  channels: ChannelConfig;
  /** Where a secret of the hooks stands that came from a file: it may be another one tomorrow. */
  secretFiles: Partial<Record<HookSecret, string>>;
}

export type HookSecret = 'EHR_HOOK_SECRET' | 'EHR_SIGNING_SECRET';

/** Everything that is wrong with the environment, one sentence each; secrets are never repeated. */
export class ConfigMistakes extends Error {
  readonly sentences: string[];
  constructor(sentences: string[]) {
    super(`The configuration cannot be used:\n${sentences.map(sentence => `  - ${sentence}`).join('\n')}`);
    this.name = 'ConfigMistakes';
    this.sentences = sentences;
  }
}

type Source = Record<string, string | undefined>;

/** Each variable by itself; what must go together is `readConfig`'s to judge. Throws ConfigMistakes. */
export function readEnvironment(source: Source = process.env): Environment {
  const set = Object.entries(source).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const { given, mistakes } = withSecretFiles(Object.fromEntries(set), SECRETS);
  const parsed = Environment.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) mistakes.push(`${issue.path.join('.')} ${issue.message}.`);
  if (mistakes.length > 0 || !parsed.success) throw new ConfigMistakes(mistakes);
  return parsed.data;
}

export function readConfig(source: Source = process.env): Config {
  const environment = readEnvironment(source);
  const production = environment.LOOPKEEPER_MODE === 'production';
  const publicUrl =
    environment.LOOPKEEPER_PUBLIC_URL ?? `http://${environment.LOOPKEEPER_HOST}:${environment.LOOPKEEPER_PORT}`;
  const channels = ChannelConfig.safeParse(channelsOf(environment, production, publicUrl));
  const mistakes = [
    ...missingFor(environment),
    ...unprovenIn(environment, production),
    ...(channels.success ? [] : channels.error.issues.map(i => `${i.path.join('.')}: ${i.message}.`)),
  ];
  if (mistakes.length > 0 || !channels.success) throw new ConfigMistakes(mistakes);
  const { EHR_HOOK_SECRET_FILE: hook, EHR_SIGNING_SECRET_FILE: signing } = source;
  const secretFiles = {
    ...(hook ? { EHR_HOOK_SECRET: hook } : {}),
    ...(signing ? { EHR_SIGNING_SECRET: signing } : {}),
  };
  return { environment, production, publicUrl, channels: channels.data, secretFiles };
}

function missingFor(env: Environment): string[] {
  const needs: [when: boolean, name: keyof Environment, why: string][] = [
    [env.EHR_AUTH === 'bearer', 'EHR_TOKEN', 'EHR_AUTH is bearer'],
    [env.EHR_AUTH === 'basic', 'EHR_USER', 'EHR_AUTH is basic'],
    [env.EHR_AUTH === 'basic', 'EHR_PASSWORD', 'EHR_AUTH is basic'],
    [env.EHR_AUTH === 'client-secret', 'EHR_CLIENT_ID', 'EHR_AUTH is client-secret'],
    [env.EHR_AUTH === 'client-secret', 'EHR_CLIENT_SECRET', 'EHR_AUTH is client-secret'],
    [env.EHR_AUTH === 'backend-services', 'EHR_CLIENT_ID', 'EHR_AUTH is backend-services'],
    [env.EHR_AUTH === 'backend-services', 'EHR_PRIVATE_KEY_FILE', 'EHR_AUTH is backend-services'],
    [env.SMTP_HOST !== undefined, 'SMTP_FROM', 'SMTP_HOST is set'],
    [env.TWILIO_ACCOUNT_SID !== undefined, 'TWILIO_AUTH_TOKEN', 'TWILIO_ACCOUNT_SID is set'],
  ];
  return needs
    .filter(([when, name]) => when && env[name] === undefined)
    .map(([, name, why]) => `${name} is needed, because ${why}.`);
}

/** An EHR that gives the charts of real people to whoever asks is a mistake, ours or theirs. */
const unprovenIn = ({ EHR_AUTH: auth, EHR_BASE_URL: base }: Environment, production: boolean): string[] =>
  production && auth === 'none' && base && !isHere(base)
    ? [
        'EHR_AUTH is none, which in production is for an EHR on this very machine alone: set it to how the EHR at EHR_BASE_URL is to know us.',
      ]
    : [];

/**
 * The base of the EHR there is to work with. Throws ConfigMistakes when none is named, and when no agreement about the
 * charts of real people is recorded (AUD4). A server on this very machine is a test.
 */
export function ehrOf({ environment }: Config): string {
  const { EHR_BASE_URL: baseUrl, EHR_BAA: baa } = environment;
  if (!baseUrl)
    throw new ConfigMistakes([
      'EHR_BASE_URL is not set, so there is no EHR to work with. Set it to the FHIR R4 base of yours.',
    ]);
  const { vendor, signedOn, reference } = baaOf(baa) ?? {};
  if (isHere(baseUrl) || (vendor && reference && /^\d{4}-\d{2}-\d{2}$/.test(signedOn ?? ''))) return baseUrl;
  throw new ConfigMistakes([
    'No agreement (BAA) with whoever runs the EHR is recorded. Set EHR_BAA to `vendor;date of signing;where the paper is`.',
  ]);
}

/** On this very machine. */
export const isHere = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** `vendor;2026-01-31;where the paper is` */
export function baaOf(text: string | undefined) {
  const [vendor, signedOn, reference] = (text ?? '').split(';').map(part => part.trim());
  return text === undefined ? undefined : { vendor, signedOn, reference };
}

function channelsOf(env: Environment, production: boolean, publicUrl: string) {
  const sms = env.TWILIO_ACCOUNT_SID && {
    kind: 'twilio',
    accountSid: env.TWILIO_ACCOUNT_SID,
    authToken: env.TWILIO_AUTH_TOKEN,
    sender: env.TWILIO_MESSAGING_SERVICE_SID
      ? { messagingServiceSid: env.TWILIO_MESSAGING_SERVICE_SID }
      : { from: env.TWILIO_FROM },
    statusCallback: `${publicUrl}/hooks/twilio/status`,
    ...(env.TWILIO_BASE_URL ? { baseUrl: env.TWILIO_BASE_URL } : {}),
    ...(env.TWILIO_BAA ? { baa: baaOf(env.TWILIO_BAA) } : {}),
  };
  const auth = env.SMTP_USER && { user: env.SMTP_USER, pass: env.SMTP_PASSWORD };
  const email = env.SMTP_HOST && {
    kind: 'smtp',
    host: env.SMTP_HOST,
    port: env.SMTP_PORT,
    security: env.SMTP_SECURITY,
    ...(auth ? { auth } : {}),
    sender: { name: env.SMTP_FROM_NAME, address: env.SMTP_FROM },
    ...(env.SMTP_BAA ? { baa: baaOf(env.SMTP_BAA) } : {}),
  };
  return { production, ...(sms ? { sms } : {}), ...(email ? { email } : {}) };
}

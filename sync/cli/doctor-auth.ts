import { type Config, ehrOf } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { ehrAuth } from '../ehr-auth.ts';
import type { Granted } from '../fhir/auth/auth.ts';
import { JWKS_PATH, statesOf } from '../fhir/auth/keys.ts';
import { EhrError } from '../fhir/outcome.ts';
import { keysOf } from '../key-file.ts';
import { REACH, toTalkToTheEhr } from './doctor-advice.ts';
import type { Report } from './doctor-report.ts';
import { localMoment, plural } from './print.ts';

/** How we prove who we are, and whether a token is given for it. False where the EHR can be asked nothing more. */
export async function checkAuth(config: Config, { say, attempt }: Report): Promise<boolean> {
  const { EHR_AUTH: kind, EHR_SCOPE: asked } = config.environment;
  const proven = await attempt(
    async () => {
      ehrOf(config);
      const auth = ehrAuth(config, { clock: systemClock });
      say('ok', `EHR_AUTH is ${kind}${FIXED[kind] ? `: ${FIXED[kind]}` : ''}.`);
      checkKeys(config, say);
      if (auth.granted) checkGranted(asked, await auth.granted(), say);
      return true;
    },
    error => toBeBelieved(error, config),
  );
  return proven ?? false;
}

const FIXED: Partial<Record<string, string>> = {
  none: 'nothing tells the EHR who we are',
  bearer: 'the token that was given is sent, and never renewed',
  basic: 'a name and a password are sent',
};

function checkKeys(config: Config, say: Report['say']): void {
  for (const { key, state } of statesOf(keysOf(config)?.() ?? [], systemClock())) {
    const name = `The key ${key.kid} (${key.alg})`;
    if (state === 'signing') say('ok', `${name} signs.`);
    if (state === 'next') say('ok', `${name} is published, and signs from ${localMoment(key.signsFrom ?? '', 'UTC')}.`);
  }
}

function checkGranted(asked: string, { tokenUrl, seconds, scope }: Granted, say: Report['say']): void {
  say('ok', `The token endpoint at ${new URL(tokenUrl).host} gave a token for ${plural(seconds, 'second')}.`);
  const granted = words(scope ?? asked);
  const missing = words(asked).filter(one => !granted.includes(one));
  if (scope === undefined) say('ok', `Scopes: it does not say which it granted; asked for was ${asked}.`);
  else if (missing.length === 0) say('ok', `Scopes: granted as asked for, ${asked}.`);
  else
    say('warn', `Scopes: asked for was ${missing.join(' ')}; granted is ${granted.join(' ') || 'nothing'}.`, [
      '→ Where something is refused, look at EHR_SCOPE, and at what the EHR allows this client.',
    ]);
}

/** Only what a scope may look like (RFC 6749 §3.3, and no more than anybody needs). */
const words = (text: string): string[] => text.split(' ').filter(word => /^[\w*./:?=&|-]{1,100}$/.test(word));

function toBeBelieved(error: unknown, { environment, publicUrl }: Config): string {
  if (!(error instanceof EhrError)) return toTalkToTheEhr(error);
  if (error.retry === 'later') return `${REACH} So too for EHR_TOKEN_URL, if it is set.`;
  const keys =
    environment.EHR_AUTH === 'backend-services'
      ? ` It must know our public keys: those that it fetches from ${publicUrl}${JWKS_PATH}, while the service runs there, or was given.`
      : '';
  return `${toTalkToTheEhr(error)}${keys}`;
}

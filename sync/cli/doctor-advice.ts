import { ConfigMistakes } from '../config.ts';
import { EhrError, type EhrErrorCode } from '../fhir/outcome.ts';

const LATER = 'Try again in a while; if it stays so, ask whoever runs the EHR.';
export const REACH = 'Is EHR_BASE_URL right, and may this machine reach it: name, firewall, proxy, certificate?';
const BASE =
  "Is EHR_BASE_URL the FHIR base itself? `/metadata` below it must answer with the server's CapabilityStatement.";
const WHO = 'Look at EHR_AUTH and what goes with it, and at how this client is registered with the EHR.';

const EHR: Partial<Record<EhrErrorCode, string>> = {
  network: REACH,
  timeout: REACH,
  unauthorized: WHO,
  token: WHO,
  forbidden: 'This client may not: look at EHR_SCOPE, and at what the EHR allows it.',
  'not-found': BASE,
  'not-fhir': BASE,
  refused: BASE,
  throttled: LATER,
  server: LATER,
  'circuit-open': LATER,
};

/** What to do about what keeps us from talking to the EHR. */
export function toTalkToTheEhr(error: unknown): string {
  if (error instanceof ConfigMistakes)
    return 'Mend it in `.env`, or wherever the environment comes from; the README has a table.';
  const known = error instanceof EhrError ? EHR[error.code] : undefined;
  return known ?? `${BASE} Else ask whoever runs the EHR.`;
}

export const TO_OPEN_THE_DATABASE =
  'Does DATABASE_URL lead to a PostgreSQL that runs and lets us in? Without it, LOOPKEEPER_STATE must name a folder we may write to.';

export const TO_LOAD_THE_RULES = 'Mend what is named, then `rules check`; LOOPKEEPER_MAPPINGS names the folder.';

export const TO_SEND = {
  sms: 'Look at the TWILIO_ variables, and at the account at Twilio.',
  email: 'Look at the SMTP_ variables, and whether this machine may reach the relay.',
};

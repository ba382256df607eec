import type { Reason } from '../../domain/reasons.ts';
import type { ChannelFailure, SendResult } from '../channel.ts';

/** What nodemailer tells about a failure. Its message and `response` may quote the address, so they go nowhere. */
export interface SmtpError {
  code?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
}

type Row = readonly [reason: Reason, retry: 'never' | 'later', fault: ChannelFailure['fault'], staffText: string];

const WRONG: Row = [
  'address-invalid',
  'never',
  'recipient',
  'The e-mail address does not exist. Please correct it in the chart.',
];
const CLOSED: Row = ['undeliverable', 'never', 'recipient', 'The mailbox takes no mail. Please ring the patient.'];
const FULL: Row = ['undeliverable', 'later', 'recipient', 'The mailbox takes no mail at the moment.'];
const POLICY: Row = ['channel-refused', 'never', 'provider', 'The mail server refused the e-mail by its own rules.'];
const TOO_LARGE: Row = ['channel-refused', 'never', 'ours', 'The e-mail was larger than the mail server accepts.'];
const SENDER: Row = [
  'channel-down',
  'later',
  'ours',
  'The mail server does not let us send. An administrator has to look at it.',
];
const BUSY: Row = ['channel-down', 'later', 'provider', 'The mail server asks us to come back later.'];
const AWAY: Row = ['channel-down', 'later', 'provider', 'The mail server could not be reached.'];

/** Enhanced status codes (RFC 3463) without their first digit. They say more than the reply code before them. */
const ENHANCED: Readonly<Record<string, Row>> = {
  '1.0': WRONG,
  '1.1': WRONG,
  '1.2': WRONG,
  '1.3': WRONG,
  '1.6': WRONG,
  '1.10': WRONG,
  '1.7': SENDER,
  '1.8': SENDER,
  '2.1': CLOSED,
  '2.2': CLOSED,
  '2.3': TOO_LARGE,
  '3.4': TOO_LARGE,
};

/** Reply codes to RCPT TO without an enhanced code. After the words themselves, a 550 judges the words instead. */
const RECIPIENT: Readonly<Record<number, Row>> = { 550: WRONG, 551: WRONG, 552: CLOSED, 553: WRONG };

/**
 * What a failure proves. `handedOver`: the server had begun to read the message; from there on only its own reply to
 * the message (`EMESSAGE`) proves that it did not take it.
 */
export function readSmtpError(error: SmtpError, handedOver: boolean): SendResult {
  if (handedOver && (error.code !== 'EMESSAGE' || error.responseCode === undefined)) return { outcome: 'unknown' };
  const [reason, retry, fault, staffText] = rowFor(error);
  const providerCode = [error.responseCode, enhancedCode(error)].filter(Boolean).join(' ') || error.code;
  const failure: ChannelFailure = {
    ...{ reason, retry, fault, staffText },
    ...(providerCode ? { providerCode } : {}),
    // Some relays lock out who goes on trying a wrong password.
    ...(error.code === 'EAUTH' && (error.responseCode ?? 0) >= 500 ? { stopsChannel: true } : {}),
  };
  return { outcome: 'refused', failure };
}

/** The message could not be made into an e-mail; sending it again would not change that. */
export const unwritable = (): SendResult => {
  const staffText = 'The e-mail could not be written; the approved text or its links need a look.';
  return { outcome: 'refused', failure: { reason: 'channel-refused', retry: 'never', fault: 'ours', staffText } };
};

export const badAddress = (): SendResult => readSmtpError({ command: 'RCPT TO', responseCode: 553 }, false);

function rowFor(error: SmtpError): Row {
  const { code, command, responseCode: reply } = error;
  const detail = enhancedCode(error)?.replace(/^\d\./, '');
  if (reply === undefined) {
    if (code === 'EMESSAGE') return TOO_LARGE;
    return code === 'EAUTH' || code === 'ETLS' ? SENDER : AWAY;
  }
  if (reply < 500 || reply === 503) return detail?.startsWith('2.') ? FULL : BUSY;
  // A 5xx to the greeting, the login or the sender would meet every message: it is no judgement on this one.
  if (command !== 'RCPT TO' && command !== 'DATA') return SENDER;
  if (detail) return ENHANCED[detail] ?? POLICY;
  if (command === 'DATA') return reply === 552 ? TOO_LARGE : POLICY;
  return RECIPIENT[reply] ?? POLICY;
}

/** `550 5.1.1 No such user` gives `5.1.1`. */
const enhancedCode = (error: SmtpError): string | undefined =>
  /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(error.response ?? '')?.[1];

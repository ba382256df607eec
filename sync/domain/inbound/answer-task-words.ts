/** What staff are asked to do, by code. */
export const ASKS: Record<string, string> = {
  'answer-patient': 'wrote to us and needs an answer.',
  'identify-sender': 'wrote to us. Find out who it is, and answer.',
  'reschedule-request': 'asks for another time. Find one, and tell them.',
  'cancel-request': 'asks to cancel the visit. Cancel it in the EHR, or call.',
  'maybe-cancel-visit': 'sent CANCEL, which stops our texts, but may have meant the visit. Call and ask.',
  'opted-out': 'shares a number that has stopped our texts. Offer another way to hear from us.',
  'wrong-number': 'does not use this number (any more), says whoever does. Ask for the right one.',
  'texts-wanted':
    'asks for our texts again, but the chart refuses them or the number was called wrong. Ask, and mend the chart.',
};

interface Asking {
  code: string;
  /** "Ana", "Elena (for Joaquín)": see `whoWrote`. */
  who: string;
  address: string;
  body: string;
}

/** Read by staff inside the chart, so it may hold names, the number to call back and the patient's own words (ACK7). */
export const answerTaskWords = ({ code, who, address, body }: Asking): string => {
  const asks = ASKS[code] ?? 'needs a person.';
  return `${who} (${address}) ${asks} ${body.trim() ? `They wrote: “${body}”` : 'There were no words in it.'}`;
};

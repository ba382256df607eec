/** What an EHR may have written about a delivery, and what it then is for us. The first that fits. */
const CAUSES: [words: RegExp, cause: string][] = [
  [/certificate|PKIX|\bSSL|\bTLS\b|trust ?anchor|self.signed/i, 'it does not trust our certificate'],
  [/\b40[13]\b|unauthori[sz]ed|forbidden/i, 'our door refused it, or something in front of our door did'],
  [/\b404\b|\b410\b|not found/i, 'nothing of ours answered at the address'],
  [/\b5\d\d\b/, 'our door, or something in front of it, failed'],
  [/time[d ]*out/i, 'our door did not answer in time'],
  [/refused|unknown ?host|ENOTFOUND|EAI_AGAIN|resolve|unreachable|no route|connect/i, 'it did not reach our door'],
];

/**
 * Why, as far as the EHR's own words tell. They are recognised and never repeated: they may quote what could not be
 * delivered. Begins with a colon, or is empty.
 */
export function causeOf(error: string | undefined): string {
  const cause = CAUSES.find(([words]) => words.test(error ?? ''))?.[1];
  return cause ? `: ${cause}` : '';
}

/**
 * Our reference travels in the callback address, so that a report finds its message even when it overtakes the answer
 * to `send` or that answer was lost. In base64url, because Twilio signs the address and other characters are written
 * in more than one way.
 */
export function callbackAddress(base: string, reference: string): string {
  const url = new URL(base);
  url.searchParams.set('ref', Buffer.from(reference).toString('base64url'));
  return url.href;
}

export function referenceIn(address: string): string | undefined {
  const encoded = new URL(address).searchParams.get('ref');
  return encoded ? Buffer.from(encoded, 'base64url').toString('utf8') : undefined;
}

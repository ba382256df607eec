import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Delivery } from './notification.ts';

/** The header our own Subscriptions tell the EHR to send. Its value must hold no colon: Medplum cuts there. */
export const SECRET_HEADER = 'X-Loopkeeper-Secret';

export interface HookSecrets {
  /** Any of these in our header is right; two while a secret is being changed. Empty where no header can be had. */
  header: readonly string[];
  /** Where the server signs. A signature covers the body only: not the path, and not Medplum's header of a deletion. */
  signature?: { scheme: 'medplum' | 'hub'; secrets: readonly string[] };
}

/** Decidable before the body is read. True when no header secret is asked for; `isSigned` must then be. */
export function hasSecret(headers: Delivery['headers'], secrets: HookSecrets): boolean {
  return secrets.header.length === 0 || secretIn(headers, secrets) !== undefined;
}

/** Which of ours it came with. */
export const secretIn = (headers: Delivery['headers'], { header }: HookSecrets): string | undefined =>
  header[placeIn(one(headers[SECRET_HEADER.toLowerCase()]), header)];

/** True when no signature is asked for and the header was; a connection without any secret lets nobody in. */
export function isSigned(headers: Delivery['headers'], body: Buffer, { header, signature }: HookSecrets): boolean {
  return signature ? keyOf(headers, body, signature) !== undefined : header.length > 0;
}

/** The key it was signed with. */
export function keyOf(
  headers: Delivery['headers'],
  body: Buffer,
  { scheme, secrets }: NonNullable<HookSecrets['signature']>,
): string | undefined {
  const prefix = scheme === 'medplum' ? '' : 'sha256=';
  const macs = secrets.map(secret => `${prefix}${createHmac('sha256', secret).update(body).digest('hex')}`);
  return secrets[placeIn(one(headers[scheme === 'medplum' ? 'x-signature' : 'x-hub-signature']), macs)];
}

/** Looks at all of them, each in constant time, whatever their lengths. */
function placeIn(given: string | undefined, accepted: readonly string[]): number {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const presented = digest(given ?? '');
  let place = -1;
  for (const [i, secret] of accepted.entries()) if (timingSafeEqual(presented, digest(secret))) place = i;
  return given === undefined || given === '' ? -1 : place;
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? undefined : value);

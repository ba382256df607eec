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
export function hasSecret(headers: Delivery['headers'], { header }: HookSecrets): boolean {
  if (header.length === 0) return true;
  return isAnyOf(one(headers[SECRET_HEADER.toLowerCase()]), header);
}

/** True when no signature is asked for and the header was; a connection without any secret lets nobody in. */
export function isSigned(headers: Delivery['headers'], body: Buffer, { header, signature }: HookSecrets): boolean {
  if (!signature) return header.length > 0;
  const mac = (secret: string) => createHmac('sha256', secret).update(body).digest('hex');
  return signature.scheme === 'medplum'
    ? isAnyOf(one(headers['x-signature']), signature.secrets.map(mac))
    : isAnyOf(
        one(headers['x-hub-signature']),
        signature.secrets.map(secret => `sha256=${mac(secret)}`),
      );
}

/** Looks at all of them, each in constant time, whatever their lengths. */
function isAnyOf(given: string | undefined, accepted: readonly string[]): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const presented = digest(given ?? '');
  let right = false;
  for (const secret of accepted) right = timingSafeEqual(presented, digest(secret)) || right;
  return right && given !== undefined && given !== '';
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? undefined : value);

import type { ContactPoint } from '@medplum/fhirtypes';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Instant } from '../clock.ts';
import type { Reason } from '../reasons.ts';
import { spanOf } from '../time.ts';

/** One way to reach a person. `phone` = can be called, not texted. */
export interface Address {
  medium: 'sms' | 'email' | 'phone';
  /** E.164, or a lower-case e-mail address; the raw value when it has a problem. */
  address: string;
  /** The chart ranks it first, or it is the only one so ranked. */
  preferred: boolean;
  problem?: Reason;
}

/**
 * Ways to reach a person, best first: by `rank` (1 is best, none is last), then mobile before the rest, then as
 * recorded. Old and ended contacts are left out; the order is the same each time (`scope.md` E11).
 */
export function addressesOf(telecom: ContactPoint[], country: string, now: Instant): Address[] {
  return telecom
    .filter(contact => contact.value && contact.use !== 'old' && isCurrent(contact, now))
    .map((contact, position) => ({ contact, position }))
    .sort(
      (a, b) =>
        rank(a.contact) - rank(b.contact) || mobility(a.contact) - mobility(b.contact) || a.position - b.position,
    )
    .flatMap(({ contact }) => addressOf(contact, country));
}

const rank = (contact: ContactPoint) => contact.rank ?? Number.MAX_SAFE_INTEGER;
const mobility = ({ system, use }: ContactPoint) =>
  system === 'sms' || use === 'mobile' ? 0 : system === 'email' ? 1 : 2;

const isCurrent = ({ period }: ContactPoint, now: Instant) => {
  const [starts, ends] = [spanOf(period?.start)?.first, spanOf(period?.end)?.last];
  return (!starts || starts <= now) && (!ends || ends >= now);
};

function addressOf(contact: ContactPoint, country: string): Address[] {
  const preferred = contact.rank === 1;
  const value = contact.value as string;
  if (contact.system === 'email') return [emailOf(value, preferred)];
  if (contact.system !== 'phone' && contact.system !== 'sms') return [];
  const number = parsePhoneNumberFromString(value, country.toUpperCase() as CountryCode);
  // `isPossible`, not `isValid`: fictional 555 numbers and freshly opened ranges are refused by the latter.
  if (!number?.isPossible()) return [{ medium: 'phone', address: value, preferred, problem: 'address-invalid' }];
  const landline = number.ext !== undefined || number.getType() === 'FIXED_LINE';
  const textable = !landline && (contact.system === 'sms' || contact.use === 'mobile');
  return [{ medium: textable ? 'sms' : 'phone', address: number.number, preferred }];
}

function emailOf(value: string, preferred: boolean): Address {
  const address = value.trim().toLowerCase();
  const looksRight = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(address);
  return { medium: 'email', address, preferred, ...(looksRight ? {} : { problem: 'address-invalid' as const }) };
}

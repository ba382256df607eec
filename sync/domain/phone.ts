import type { ContactPoint } from '@medplum/fhirtypes';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Instant } from './clock.ts';
import { instant } from './time.ts';

/** North American numbers do not tell a landline from a mobile: there it is `unknown` until a carrier says more. */
export type PhoneKind = 'mobile' | 'landline' | 'unknown';
export type AddressProblem = 'address-invalid' | 'address-not-textable';

/**
 * A telephone number in E.164. Numbers without a country are read as numbers of `country` (ISO 3166, two letters).
 * What a clerk wrote around it ("312-867-5309 (mom)") is tolerated; two numbers in one field are not.
 */
export function readPhone(
  value: string,
  country: string,
): { number: string; kind: PhoneKind; extension?: string } | { problem: AddressProblem } {
  const parsed = parsePhoneNumberFromString(value.normalize('NFKC'), countryCode(country));
  if (!parsed?.isValid()) return { problem: 'address-invalid' };
  const kind = KINDS[parsed.getType() ?? ''];
  if (!kind) return { problem: 'address-not-textable' };
  return { number: parsed.number, kind, ...(parsed.ext && { extension: parsed.ext }) };
}

const countryCode = (country: string): CountryCode | undefined => (isSupportedCountry(country) ? country : undefined);

/** Anything else (toll-free, premium, pager …) belongs to no patient's pocket. */
const KINDS: Record<string, PhoneKind> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  FIXED_LINE_OR_MOBILE: 'unknown',
  PERSONAL_NUMBER: 'unknown',
  VOIP: 'unknown',
};

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;
/** What front desks type when a form insists on an address. */
const PLACEHOLDER = /^(?:none|no|noemail|no-email|na|unknown|declined|refused|test|x+)@|@(?:none|noemail|declined)\./;

/** One plain address in lower case, or undefined: lists, display names and placeholders are not repaired. */
export function readEmail(value: string): string | undefined {
  const address = value
    .trim()
    .replace(/^mailto:/i, '')
    .toLowerCase();
  return EMAIL.test(address) && !address.includes('..') && !PLACEHOLDER.test(address) ? address : undefined;
}

export interface UsableAddress {
  medium: 'sms' | 'email';
  /** E.164, or an e-mail address in lower case. */
  address: string;
  /** For telephone numbers. */
  kind?: PhoneKind;
}

export interface Addresses {
  sms: UsableAddress[];
  email: UsableAddress[];
  /** By position in the record, for data findings: never the value itself. */
  refused: { index: number; problem: AddressProblem }[];
}

/**
 * The addresses of a record in the order in which they are to be tried (`scope.md` E11): lowest `rank` first and none
 * last; then mobile, home, temporary, work and unnamed use; then the system `sms` before `phone`; then as recorded.
 * Old, expired and not yet valid ones are left out, and the same address counts once.
 */
export function usableAddresses(contacts: readonly ContactPoint[], now: Instant, country: string): Addresses {
  const refused: Addresses['refused'] = [];
  const read = contacts.flatMap((contact, index) => {
    if (!isCurrent(contact, now) || !contact.value) return [];
    const address = addressOf(contact, contact.value, country);
    if (address && 'problem' in address) refused.push({ index, problem: address.problem });
    return address && 'address' in address ? [{ address, contact }] : [];
  });
  const ordered = read.sort((a, b) => compare(preference(a.contact), preference(b.contact))).map(each => each.address);
  const once = ordered.filter((a, i) => ordered.findIndex(b => b.address === a.address) === i);
  return {
    sms: once.filter(({ medium }) => medium === 'sms'),
    email: once.filter(({ medium }) => medium === 'email'),
    refused,
  };
}

function addressOf(
  contact: ContactPoint,
  value: string,
  country: string,
): UsableAddress | { problem: AddressProblem } | undefined {
  if (contact.system === 'email') {
    const address = readEmail(value);
    return address ? { medium: 'email', address } : { problem: 'address-invalid' };
  }
  if (contact.system !== 'phone' && contact.system !== 'sms') return undefined;
  const phone = readPhone(value, country);
  if ('problem' in phone) return phone;
  // A text to a number with an extension would reach a switchboard.
  if (phone.kind === 'landline' || phone.extension) return { problem: 'address-not-textable' };
  const isMobile = phone.kind === 'mobile' || contact.use === 'mobile' || contact.system === 'sms';
  return { medium: 'sms', address: phone.number, kind: isMobile ? 'mobile' : 'unknown' };
}

const USES = ['mobile', 'home', 'temp', 'work'];

const preference = ({ rank, use, system }: ContactPoint): number[] => [
  rank ?? Number.MAX_SAFE_INTEGER,
  use && USES.includes(use) ? USES.indexOf(use) : USES.length,
  system === 'sms' ? 0 : 1,
];

const compare = (a: number[], b: number[]): number => {
  const i = a.findIndex((each, at) => each !== b[at]);
  return i < 0 ? 0 : a[i]! - b[i]!;
};

/** Partial dates count whole: a period that ends "2026-11" holds to the last of November, in UTC. */
function isCurrent({ use, period }: ContactPoint, now: Instant): boolean {
  const starts = period?.start && (instant(period.start) ?? period.start);
  const ends = period?.end && (instant(period.end) ?? period.end);
  return (
    use !== 'old' && (!starts || starts <= now.slice(0, starts.length)) && (!ends || ends >= now.slice(0, ends.length))
  );
}

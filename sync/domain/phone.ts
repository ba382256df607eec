import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';

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

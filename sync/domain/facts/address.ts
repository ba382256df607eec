import type { ContactPoint } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { readEmail, readPhone } from '../phone.ts';
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
  const value = contact.value ?? '';
  if (contact.system === 'email') {
    const address = readEmail(value);
    return [
      address
        ? { medium: 'email', address, preferred }
        : { medium: 'email', address: value, preferred, problem: 'address-invalid' },
    ];
  }
  if (contact.system !== 'phone' && contact.system !== 'sms') return [];
  const phone = readPhone(value, country);
  if ('problem' in phone) return [{ medium: 'phone', address: value, preferred, problem: phone.problem }];
  // A text to an extension reaches a switchboard; a number that nobody calls mobile is called, not texted.
  const mobile = phone.kind === 'mobile' || contact.system === 'sms' || contact.use === 'mobile';
  const textable = mobile && phone.kind !== 'landline' && phone.extension === undefined;
  return [{ medium: textable ? 'sms' : 'phone', address: phone.number, preferred }];
}

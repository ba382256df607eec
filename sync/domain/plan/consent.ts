import type { Instant } from '../clock.ts';
import type { ConsentFact } from '../facts/consent.ts';
import type { Policy } from '../policy/policy.ts';
import type { Reason } from '../reasons.ts';
import { byText } from '../time.ts';
import type { PatientFacts } from './facts.ts';

/**
 * May this address be written to on this medium? A STOP binds the address, whoever's chart it stands on; a Consent
 * binds the patient; without either the practice's recorded decision holds (`standards.md` §6.1, D1–D3).
 */
export function mayWrite(
  medium: 'sms' | 'email',
  address: string,
  facts: PatientFacts,
  policy: Policy,
  now: Instant,
): Reason | undefined {
  const stops = facts.optOuts.filter(stop => stop.address === address && stop.medium === medium);
  if (stops.some(stop => stop.kind === 'wrong-number')) return 'address-quarantined';
  if (stops.length > 0) return 'opted-out';
  // A refusal that bears no date cannot be older than any permission.
  const dateOf = ({ at, decision }: ConsentFact) => at ?? (decision === 'deny' ? '9999' : '');
  const consent = facts.consents
    .filter(one => one.media.length === 0 || one.media.includes(medium))
    .filter(one => one.endsAt === undefined || one.endsAt > now)
    .sort((a, b) => byText(dateOf(a), dateOf(b)) || byText(b.decision, a.decision))
    .at(-1);
  if (consent) return consent.decision === 'deny' ? 'opted-out' : undefined;
  return policy.clinic.consent[medium].withoutRecord === 'refuse' ? 'no-consent' : undefined;
}

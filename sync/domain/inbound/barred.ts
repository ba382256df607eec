import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import { mayWrite } from '../plan/consent.ts';
import type { PatientFacts } from '../plan/facts.ts';
import type { Policy } from '../policy/policy.ts';

/** Patients who will not be written to at this address whatever is said there: START takes back a STOP only (D12). */
export function barredAt(
  address: string,
  medium: 'sms' | 'email',
  patients: PatientFacts[],
  policy: Policy,
  now: Instant,
): Reference[] {
  return patients
    .map(facts => ({ ...facts, optOuts: facts.optOuts.filter(stop => stop.kind === 'wrong-number') }))
    .filter(facts => mayWrite(medium, address, facts, policy, now) !== undefined)
    .map(facts => facts.reference);
}

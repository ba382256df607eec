import type { Consent } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { instant } from '../time.ts';
import type { Read, Reference } from './fact.ts';
import { hasUnknownModifier, idOf, LOOPKEEPER, referenceOf, tokens } from './fhir.ts';

/** What one Consent says about messaging. R4 has no element for "texting allowed": ours is `standards.md` §1.6's mirror. */
export interface ConsentFact {
  reference: Reference;
  patient: Reference;
  decision: 'permit' | 'deny';
  /** Empty = every medium. */
  media: ('sms' | 'email' | 'phone')[];
  at?: Instant;
  endsAt?: Instant;
}

const MESSAGING = `${LOOPKEEPER}/CodeSystem/consent-category|messaging`;
const MEDIUM = `${LOOPKEEPER}/CodeSystem/medium|`;

export function readConsent(resource: Consent): Read<ConsentFact> {
  const about = idOf(resource);
  const patient = referenceOf(resource.patient);
  const unusable = (problem: string) => ({ unusable: [{ about, problem }] });
  if (!tokens(...resource.category).includes(MESSAGING)) return unusable('It is not about messaging.');
  if (!patient) return unusable('It does not name its patient.');
  if (resource.status !== 'active') return unusable(`Its status is ${resource.status}.`);
  if (hasUnknownModifier(resource)) return unusable('It carries a modifierExtension we do not know.');
  if (resource.provision?.provision?.length)
    return unusable('It has nested exceptions, which we do not read: a person must decide.');
  const media = tokens(...(resource.provision?.code ?? []))
    .filter(t => t.startsWith(MEDIUM))
    .map(t => t.slice(MEDIUM.length));
  return {
    fact: {
      reference: about,
      patient,
      // Without a provision the base policy applies; a Consent about messaging that only exists was given.
      decision: resource.provision?.type ?? 'permit',
      media: media.filter(m => m === 'sms' || m === 'email' || m === 'phone'),
      at: instant(resource.dateTime),
      endsAt: instant(resource.provision?.period?.end),
    },
    findings: [],
  };
}

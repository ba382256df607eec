import type { Consent } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { spanOf } from '../time.ts';
import type { Finding, Read, Reference } from './fact.ts';
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

/** Reads a Consent about messaging. What cannot be read for certain counts as a refusal: the gate fails closed (law 4). */
export function readConsent(resource: Consent): Read<ConsentFact> {
  const about = idOf(resource);
  const patient = referenceOf(resource.patient);
  const unusable = (problem: string) => ({ unusable: [{ about, problem }] });
  const { provision, status } = resource;
  if (!tokens(...(resource.category ?? [])).includes(MESSAGING)) return unusable('It is not about messaging.');
  if (!patient) return unusable('It does not name its patient.');
  if (status !== 'active' && status !== 'rejected') return unusable(`Its status is ${status}.`);
  const codes = tokens(...(provision?.code ?? []));
  const media = codes.map(mediumOf).filter(medium => medium !== undefined);
  const doubt = doubtAbout(resource);
  // Without a provision the base policy applies; a Consent about messaging that only exists was given.
  const decision = doubt || status === 'rejected' ? 'deny' : (provision?.type ?? 'permit');
  if (decision === 'permit' && codes.length > 0 && media.length === 0) return unusable('It permits no medium of ours.');
  const span = spanOf(resource.dateTime);
  const findings: Finding[] = doubt ? [{ about, problem: doubt }] : [];
  return {
    fact: {
      reference: about,
      patient,
      decision,
      media: decision === 'deny' && (doubt || media.length < codes.length) ? [] : media,
      // "2026-11-20" alone: a refusal counts from the end of that day and a permission from its start, so that the
      // refusal is the later of two on one day.
      at: decision === 'deny' ? span?.last : span?.first,
      endsAt: spanOf(provision?.period?.end)?.last,
    },
    findings,
  };
}

function mediumOf(code: string): ConsentFact['media'][number] | undefined {
  const medium = code.startsWith(MEDIUM) ? code.slice(MEDIUM.length) : '';
  return medium === 'sms' || medium === 'email' || medium === 'phone' ? medium : undefined;
}

function doubtAbout(resource: Consent): string | undefined {
  if (hasUnknownModifier(resource))
    return 'It carries a modifierExtension we do not know; it counts as a refusal until a person has looked.';
  if (resource.provision?.provision?.length)
    return 'It has nested exceptions, which we do not read; it counts as a refusal until a person has looked.';
  return undefined;
}

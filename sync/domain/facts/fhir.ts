import type { CodeableConcept, Coding, Reference as FhirReference, Resource } from '@medplum/fhirtypes';
import type { Reference, Token } from './fact.ts';

const TYPE_AND_ID = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/;

/** `Type/id` out of a relative, absolute or versioned reference; undefined for contained, logical or display-only. */
export function referenceOf(reference: FhirReference | undefined): Reference | undefined {
  const match = reference?.reference?.match(TYPE_AND_ID);
  return match ? `${match[1]}/${match[2]}` : undefined;
}

export const idOf = (resource: Resource): Reference => `${resource.resourceType}/${resource.id ?? '(no id)'}`;

export const typeOf = (reference: Reference): string => reference.slice(0, reference.indexOf('/'));

export const token = (coding: Coding): Token => `${coding.system ?? ''}|${coding.code ?? ''}`;

/** Every coding counts: which one comes first means nothing (`standards.md` §0.2). */
export const tokens = (...concepts: (CodeableConcept | undefined)[]): Token[] =>
  concepts.flatMap(concept => concept?.coding ?? []).map(token);

/** Confidentiality `R` (restricted) or `V` (very restricted), `standards.md` §7.3. */
export const isRestricted = (resource: Resource): boolean =>
  (resource.meta?.security ?? []).some(
    label =>
      label.system === 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality' && /^[RV]$/.test(label.code ?? ''),
  );

/** An element we do not know and that may reverse the meaning of the rest: such a record is not used (§0.3). */
export function hasUnknownModifier(resource: Resource): boolean {
  return (
    'modifierExtension' in resource &&
    Array.isArray(resource.modifierExtension) &&
    resource.modifierExtension.length > 0
  );
}

export const LOOPKEEPER = 'https://loopkeeper.org/fhir';

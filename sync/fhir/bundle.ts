import type { Bundle, BundleEntry, Resource } from '@medplum/fhirtypes';
import type { Instant } from '../domain/clock.ts';
import { instant } from '../domain/time.ts';
import { EhrError, outcomeCodes } from './outcome.ts';

/** Looks no deeper than the name: what the rest holds is read, with care, by those who need it. */
export function isResource(value: unknown): value is Resource {
  return (
    typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string'
  );
}

export const isBundle = (value: unknown): value is Bundle => isResource(value) && value.resourceType === 'Bundle';

export function asResource(value: unknown, what: string): Resource {
  if (isResource(value)) return value;
  throw new EhrError(`The answer to ${what} is no FHIR resource.`, { code: 'not-fhir', retry: 'later' });
}

export function asBundle(value: unknown, what: string): Bundle {
  if (isBundle(value) && (value.entry === undefined || Array.isArray(value.entry))) return value;
  throw new EhrError(`The answer to ${what} is no Bundle.`, { code: 'not-fhir', retry: 'later' });
}

export const entries = (bundle: Bundle): BundleEntry[] =>
  (bundle.entry ?? []).filter(entry => typeof entry === 'object' && entry !== null);

/** The hits of a search: neither what was included along, nor the server's remarks (`standards.md` §0.4). */
export function matches(bundle: Bundle, type: string): Resource[] {
  return entries(bundle)
    .filter(entry => entry.search?.mode === undefined || entry.search.mode === 'match')
    .flatMap(entry => (isResource(entry.resource) && entry.resource.resourceType === type ? [entry.resource] : []))
    .filter(resource => typeof resource.id === 'string');
}

/** The codes of the server's remarks inside a searchset: Epic's `4119` (partial data), `4122` (parameter ignored), … */
export function remarks(bundle: Bundle): string[] {
  return entries(bundle)
    .filter(entry => isResource(entry.resource) && entry.resource.resourceType === 'OperationOutcome')
    .flatMap(entry => outcomeCodes(entry.resource).vendor);
}

/** When the server stored it, in our one form. A server's stamp, not a business time (`standards.md` §0.5). */
export const storedAt = (resource: Resource): Instant | undefined => instant(resource.meta?.lastUpdated);

export function linkTo(bundle: Bundle, relation: string): string | undefined {
  const link = Array.isArray(bundle.link) ? bundle.link.find(l => l?.relation === relation) : undefined;
  return typeof link?.url === 'string' && link.url !== '' ? link.url : undefined;
}

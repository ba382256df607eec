import { z } from 'zod';
import { isResourceType } from './resource-types.ts';

const resourceType = z.string().refine(isResourceType, 'This is not a resource type of FHIR R4.');
const searchParameter = z.string().regex(/^[A-Za-z_-]+$/);

/** What this vendor really offers for one resource type. It narrows what the CapabilityStatement declares, never widens it. */
const resourceProfileSchema = z.strictObject({
  /** Parameters that select (not merely post-filter); `as-declared` trusts the server's own statement. */
  search: z.union([z.literal('as-declared'), z.array(searchParameter)]),
  /** Sets of which one must be present in a search, e.g. `[[patient], [practitioner, date]]`. None = free. */
  requires: z.array(z.array(searchParameter).min(1)).default([]),
  typeHistory: z.boolean().default(false),
  note: z.string().optional(),
});

const subscriptionsSchema = z.strictObject({
  /** Empty: this vendor sends nothing, and polling is the way. */
  kinds: z.array(z.enum(['topic', 'criteria'])),
  /** The status a new Subscription is sent with. `active` where the server never activates by itself (Medplum). */
  createAs: z.enum(['requested', 'active']).default('requested'),
  /** How deliveries prove where they come from, besides our own secret header. */
  signature: z.enum(['none', 'medplum', 'hub']).default('none'),
  deletes: z.enum(['hapi-extension', 'built-in', 'none']).default('none'),
  /** `per-bundle`: numbers restart in every Bundle, so gaps mean nothing (athenahealth). */
  eventNumbers: z.enum(['cumulative', 'per-bundle']).default('cumulative'),
  /** Whether `$events` answers. Without it a gap is closed by a sweep. */
  events: z.boolean().default(false),
  /** What the sender takes for success after a notification Bundle. */
  answer: z.enum(['fhir-bundle', 'no-content']).default('fhir-bundle'),
});

const rateLimitSchema = z.strictObject({
  perMinute: z.number().int().positive(),
  burst: z.number().int().positive(),
  /** Stop before the server's `RateLimit` remainder falls below this many units. */
  floor: z.number().int().nonnegative().default(0),
  /** Seconds of silence after a 429 that names no time. */
  pauseSeconds: z.number().int().positive().default(30),
});

export const vendorProfileSchema = z.strictObject({
  /** The name of its file in `mappings/ehr`. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  /** `CapabilityStatement.software.name` of this vendor; the generic profile has none. */
  software: z.array(z.string().min(1)).default([]),
  /** Shown by `doctor`: whether anybody has seen a server of this vendor behave as written here. */
  verified: z.union([
    z.literal('never'),
    z.strictObject({ when: z.iso.date(), server: z.string().min(1), how: z.string().min(20) }),
  ]),
  paging: z.strictObject({ parameter: z.string().regex(/^[_a-z]+$/), size: z.number().int().positive() }),
  resources: z.partialRecord(resourceType, resourceProfileSchema),
  /** What holds for a type that is not listed. */
  otherwise: z.enum(['as-declared', 'none']),
  /** How deletions can be learnt of, at best. */
  deletes: z.enum(['history', 'deleted-param', 'verify-by-read']),
  /** `day` where the search takes `2026-11-21` only; such a search is at the mercy of the server's zone. */
  dateParameter: z.enum(['instant', 'day']).default('instant'),
  /** Elements that change without meaning anything; left out of content digests beside `meta` and `text`. */
  volatile: z.array(z.string()).default([]),
  rateLimit: rateLimitSchema,
  subscriptions: subscriptionsSchema,
  writes: z.strictObject({
    /** How a patient's confirmation reaches the chart. `none`: it stays with us and is shown to staff. */
    confirmation: z.enum(['participant-status', 'appointment-response', 'none']),
    create: z.array(z.enum(['Communication', 'CommunicationRequest', 'Task', 'AppointmentResponse'])),
    update: z.array(z.enum(['Appointment', 'ServiceRequest', 'Communication', 'Task'])).default([]),
    /** `one-at-a-time`: the server answers 409 to different keys at once (Medplum). */
    conditionalCreate: z.enum(['yes', 'one-at-a-time', 'no']),
    /** How a patch is guarded: `If-Match`, or a JSON Patch `test` of the version where If-Match is ignored. */
    patch: z.enum(['if-match', 'version-test', 'none']),
    transactions: z.enum(['atomic', 'may-run-as-batch', 'none']),
  }),
  notes: z.array(z.string()).default([]),
});

export type VendorProfile = z.infer<typeof vendorProfileSchema>;
export type ResourceProfile = z.infer<typeof resourceProfileSchema>;

/** What the vendor offers for a type; undefined where it offers nothing at all. */
export function resourceProfile(profile: VendorProfile, type: string): ResourceProfile | undefined {
  const listed = profile.resources[type];
  if (listed) return listed;
  if (profile.otherwise === 'none') return undefined;
  return { search: 'as-declared', requires: [], typeHistory: true };
}

/** The profile whose software name the server gives, else the generic one. Names are compared without case. */
export function recognise(profiles: readonly VendorProfile[], software: string | undefined): VendorProfile | undefined {
  const name = software?.toLowerCase() ?? '';
  const known = profiles.find(p => p.software.some(s => name !== '' && name.includes(s.toLowerCase())));
  return known ?? profiles.find(p => p.id === 'generic');
}

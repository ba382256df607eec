import { z } from 'zod';
import { durationMs } from '../time.ts';
import { duration } from './schema.ts';

/** The types whose changes can change what a patient is told. */
export const FOLLOWED_TYPES = [
  'Appointment',
  'ServiceRequest',
  'Communication',
  'Patient',
  'RelatedPerson',
  'Consent',
] as const;
type FollowedType = (typeof FOLLOWED_TYPES)[number];

/** What opens a door does not belong into a file that people read to one another. */
const SECRET_NAME = /authorization|cookie|secret|token|password|key$/i;

const header = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9-]*: [^\s:]([^:\r\n]*[^\s:])?$/,
    'must be `Name: value` on one line; some servers lose what follows a second colon',
  )
  .refine(line => !SECRET_NAME.test(line.split(':')[0] ?? ''), 'must be nothing secret; our own secret is sent anyway');

const PARAMETER = String.raw`[A-Za-z_][\w-]*(?::[\w-]+)?(?:\.[\w-]+)*=[^\s&#?]+`;
const CRITERIA = new RegExp(String.raw`^[A-Za-z]+\?(?:${PARAMETER}(?:&${PARAMETER})*)?$`);

const Wish = z.strictObject({
  subscribe: z.boolean().default(true),
  /** One Subscription each; none: one on all of the type. */
  criteria: z
    .array(z.string().regex(CRITERIA, 'must be a search without its base, such as `Appointment?location=Location/7`'))
    .refine(all => new Set(all).size === all.length, 'must not hold the same twice')
    .default([]),
  payload: z
    .strictObject({
      criteria: z.enum(['empty', 'full-resource']).default('full-resource'),
      topic: z.enum(['empty', 'id-only', 'full-resource']).default('id-only'),
    })
    .prefault({}),
  headers: z.array(header).default([]),
});
export type Wish = z.infer<typeof Wish>;
const USUAL: Wish = Wish.parse({});

/** What is no duration at all is not measured. */
const atLeast = (minutes: number, error: string) =>
  duration.pipe(z.string().refine(text => durationMs(text) >= minutes * 60_000, error));

/** A record of ours that is changed now and then, to hear whether the EHR announces it. */
const Canary = z.strictObject({
  active: z.boolean().default(false),
  every: atLeast(5, 'must be PT5M or longer: each leaves a version in the EHR').default('PT15M'),
  within: atLeast(1, 'must be PT1M or longer').default('PT2M'),
});

/** `mappings/subscriptions.yaml`: what the EHR is asked to notify us of, and in which form (EHR8). */
export const SubscriptionWishes = z
  .strictObject({
    headers: z.array(header).default([]),
    resources: z.partialRecord(z.enum(FOLLOWED_TYPES), Wish).default({}),
    canary: Canary.prefault({}),
  })
  .superRefine(({ resources, canary }, context) => {
    const { subscribe, criteria: narrow, payload } = resources.Communication ?? USUAL;
    const isHeard = subscribe && narrow.length === 0 && payload.criteria !== 'empty' && payload.topic !== 'empty';
    if (canary.active && !isHeard)
      context.addIssue({
        code: 'custom',
        path: ['canary', 'active'],
        message: 'needs all of Communication, with a payload that names it: the canary is one',
      });
    for (const [type, { criteria }] of Object.entries(resources))
      for (const [i, one] of criteria.entries())
        if (!one.startsWith(`${type}?`))
          context.addIssue({
            code: 'custom',
            path: ['resources', type, 'criteria', i],
            message: `must begin with \`${type}?\``,
          });
  });
export type SubscriptionWishes = z.infer<typeof SubscriptionWishes>;

/** All of every type, as it is without the file. */
export const WIDEST: SubscriptionWishes = SubscriptionWishes.parse({});

export const wishFor = ({ resources }: SubscriptionWishes, type: string): Wish =>
  resources[type as FollowedType] ?? USUAL;

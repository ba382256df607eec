import { z } from 'zod';

/** The first entry of a notification Bundle, whichever of its three dialects it is written in. */
export interface Status {
  type: string | undefined;
  subscription: string | undefined;
  topic: string | undefined;
  sinceStart: bigint | undefined;
  events: StatusEvent[];
}

export interface StatusEvent {
  id: string | undefined;
  number: bigint | undefined;
  focus: Focus | undefined;
}

const focusSchema = z.looseObject({
  reference: z.string().optional(),
  type: z.string().optional(),
  identifier: z.looseObject({ system: z.string().optional(), value: z.string().optional() }).optional(),
});
export type Focus = z.infer<typeof focusSchema>;

/** Numbers come as strings, integers or integer64, according to the sender's mood (`hapi.md` §4). */
const count = z
  .union([z.string().regex(/^\d{1,20}$/), z.number().int().nonnegative()])
  .transform(value => BigInt(value));

const statusSchema = z.looseObject({
  resourceType: z.literal('SubscriptionStatus'),
  type: z.string().optional(),
  eventsSinceSubscriptionStart: count.optional(),
  subscription: focusSchema.optional(),
  topic: z.string().optional(),
  notificationEvent: z
    .array(z.looseObject({ id: z.string().optional(), eventNumber: count.optional(), focus: focusSchema.optional() }))
    .default([]),
});

const leaf = {
  name: z.string(),
  valueString: z.string().optional(),
  valueCode: z.string().optional(),
  valueCanonical: z.string().optional(),
  valueUri: z.string().optional(),
  valueInteger: count.optional(),
  valueInteger64: count.optional(),
  valueUnsignedInt: count.optional(),
  valuePositiveInt: count.optional(),
  valueReference: focusSchema.optional(),
};
const partSchema = z.looseObject({ ...leaf, id: z.string().optional() });
type Part = z.infer<typeof partSchema>;
const parametersSchema = z.looseObject({
  resourceType: z.literal('Parameters'),
  parameter: z.array(z.looseObject({ ...leaf, id: z.string().optional(), part: z.array(partSchema).default([]) })),
});

/** Undefined when it is no status that can be read. */
export function readStatus(resource: unknown): Status | undefined {
  const native = statusSchema.safeParse(resource);
  if (native.success) {
    const { type, topic, subscription, eventsSinceSubscriptionStart, notificationEvent } = native.data;
    const events = notificationEvent.map(({ id, eventNumber, focus }) => ({ id, number: eventNumber, focus }));
    return { type, topic, subscription: subscription?.reference, sinceStart: eventsSinceSubscriptionStart, events };
  }
  const backport = parametersSchema.safeParse(resource);
  if (!backport.success) return undefined;
  const { parameter } = backport.data;
  return {
    type: wordIn(parameter, 'type'),
    topic: wordIn(parameter, 'topic'),
    subscription: named(parameter, 'subscription')?.valueReference?.reference,
    sinceStart: numberIn(parameter, 'events-since-subscription-start'),
    events: parameter
      .filter(p => p.name === 'notification-event')
      .map(({ id, part }) => ({
        id,
        number: numberIn(part, 'event-number'),
        focus: named(part, 'focus')?.valueReference,
      })),
  };
}

const named = (parts: Part[], name: string): Part | undefined => parts.find(part => part.name === name);

function wordIn(parts: Part[], name: string): string | undefined {
  const part = named(parts, name);
  return part?.valueCode ?? part?.valueCanonical ?? part?.valueUri ?? part?.valueString;
}

function numberIn(parts: Part[], name: string): bigint | undefined {
  const part = named(parts, name);
  if (part?.valueString !== undefined) return count.safeParse(part.valueString).data;
  return part?.valueInteger64 ?? part?.valueInteger ?? part?.valueUnsignedInt ?? part?.valuePositiveInt;
}

import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '@medplum/fhirtypes';
import { z } from 'zod';

const element = z.string().regex(/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)?$/, 'This is not the name of an element.');
const status = z.string().regex(/^[a-z-]+$/, 'This is not a status code.');

const Part = z.strictObject({
  ours: z.array(element).min(1),
  atWork: z.array(status).default([]),
  ended: z.array(status).default([]),
});

/** `mappings/ownership.yaml`: whose each element of the resources is that we write (law 12). */
export const Ownership = z.strictObject({
  Appointment: Part.optional(),
  AppointmentResponse: Part,
  CommunicationRequest: Part,
  Communication: Part,
  Task: Part,
});
export type Ownership = z.infer<typeof Ownership>;

/** May the answer of a patient be written into the visit itself? */
export const ownsAnswers = ({ Appointment }: Ownership): boolean =>
  Appointment?.ours.includes('participant.status') ?? false;

/** Did a person end this in the EHR? */
export const isEnded = (held: Resource, ownership: Ownership): boolean =>
  partOf(held, ownership).ended.includes(statusOf(held));

/**
 * What the chart should hold instead of `held`, so that our elements say what we want and all others stay. Undefined
 * when there is nothing to write: it says so already, or a person has ended it.
 */
export function mended<R extends Resource>(held: R, wanted: R, ownership: Ownership): R | undefined {
  if (isEnded(held, ownership)) return undefined;
  const { ours, atWork } = partOf(held, ownership);
  const merged = tidy(held);
  const want = new Map<string, unknown>(Object.entries(tidy(wanted)));
  for (const name of ours) {
    if (name === 'status' && atWork.includes(statusOf(held)) && !OVER.includes(statusOf(wanted))) continue;
    if (want.has(name)) Object.assign(merged, { [name]: want.get(name) });
    else Reflect.deleteProperty(merged, name);
  }
  return isDeepStrictEqual(merged, tidy(held)) ? undefined : merged;
}

/** A Task that we ourselves have no more use for is taken out of people's hands. */
const OVER = ['cancelled', 'completed'];

const NOTHING = { ours: [], atWork: [], ended: [] };
const partOf = ({ resourceType }: Resource, ownership: Ownership) =>
  ownership[resourceType as keyof Ownership] ?? NOTHING;

const statusOf = (resource: Resource): string => ('status' in resource ? String(resource.status) : '');

/** Without the keys whose value is undefined, as a server gives it back. */
const tidy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

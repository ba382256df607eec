import { z } from 'zod';

const off = z.boolean().default(false);
const next = z.int().min(0).default(0);

/** Every way in which this EHR can misbehave, each with one line for the front desk. All off by default. */
export const faultsSchema = z.strictObject({
  dropNotifications: off.describe('Notifications are counted but never sent.'),
  duplicateNotifications: off.describe('Every notification is sent twice.'),
  delayNotifications: off.describe('Notifications are held back until this is switched off.'),
  reorderNotifications: off.describe('Notifications wait a second for others and then go out newest first.'),
  refuseNotifications: off.describe(
    'No notification reaches its endpoint: retries, then the Subscription turns to error.',
  ),
  tooManyRequests: next.describe('So many of the next requests are answered with 429 and Retry-After.'),
  retryAfterSeconds: z.int().min(0).default(1).describe('What Retry-After says, in seconds.'),
  serverErrors: next.describe('So many of the next requests are answered with 500, unexecuted.'),
  slowMs: next.describe('Every request waits this many milliseconds before it is looked at.'),
  expirePages: off.describe('Every next link of a Bundle is answered with 410.'),
  refuseTokens: off.describe('The token endpoint refuses every client.'),
  lenientSearch: off.describe('Unknown search parameters are ignored, as R4 allows, so a search may find too much.'),
});

/** Mutable: a test or the front desk sets a field, and the next request or notification feels it. */
export type Faults = z.infer<typeof faultsSchema>;

export const noFaults = (): Faults => faultsSchema.parse({});

/** What misbehaves now, in the order of the switches. How long a 429 asks to wait is no fault by itself. */
export function faultsOn(faults: Faults): { name: keyof Faults; value: number | true }[] {
  const usual = noFaults();
  return faultDescriptions.flatMap(({ name }) => {
    const value = faults[name];
    return name === 'retryAfterSeconds' || value === usual[name] || value === false ? [] : [{ name, value }];
  });
}

/** `slowMs` → `Slow ms` */
export const faultWords = (name: keyof Faults): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);

/** The switches in order, for the page that shows them. */
export const faultDescriptions: { name: keyof Faults; description: string }[] = faultsSchema
  .keyof()
  .options.map(name => ({
    name,
    description: faultsSchema.shape[name].description ?? '',
  }));

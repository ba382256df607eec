import { z } from 'zod';
import { calendarDate } from '../policy/schema.ts';
import { ALARM_OWNERS } from './alarm.ts';

const channel = z.strictObject({
  /** Addresses of the practice's own people. Every alarm also stands in the log, on `/metrics` and in `status`. */
  email: z.array(z.email()).default([]),
});

/** `mappings/alarms.yaml`: where each owner is reached, and what ends on a day that nobody else will remember. */
export const AlarmFile = z.strictObject({
  owners: z.strictObject(
    Object.fromEntries(ALARM_OWNERS.map(owner => [owner, channel])) as Record<
      (typeof ALARM_OWNERS)[number],
      typeof channel
    >,
  ),
  /** Name of a secret, as in the environment, and the day it ends. */
  secretsEnd: z.record(z.string().regex(/^[A-Z][A-Z0-9_]+$/), calendarDate).default({}),
});
export type AlarmFile = z.infer<typeof AlarmFile>;

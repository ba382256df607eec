import { z } from 'zod';
import { durationMs, isZone } from '../time.ts';

/** An ISO 8601 duration of elapsed time, e.g. `PT48H` or `P7D`. */
export const duration = z.string().refine(isDuration, { error: 'must be an ISO 8601 duration such as PT48H or P7D' });

export const zone = z.string().refine(isZone, { error: 'must be an IANA time zone such as America/Chicago' });

export const wallClock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 09:00' });

export const calendarDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, { error: 'must be a date such as 2026-11-21' });

export const referenceTo = (...types: string[]) =>
  z.string().regex(new RegExp(`^(${types.join('|')})/[A-Za-z0-9\\-.]{1,64}$`), {
    error: `must be a reference such as ${types[0]}/123`,
  });

/** `system|code`: codes are matched, never names (`scope.md` J8). */
export const codeToken = z.string().regex(/^[^|\s]*\|[^|]+$/, { error: 'must be a code written as system|code' });

export const kebab = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'must be lower-case words joined by hyphens' });

function isDuration(text: string): boolean {
  try {
    return durationMs(text) >= 0;
  } catch {
    return false;
  }
}

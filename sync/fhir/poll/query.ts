import type { Instant } from '../../domain/clock.ts';
import { earliest, latest, plusMs } from '../../domain/time.ts';
import type { VendorProfile } from '../profile.ts';

const LEAST_OVERLAP_MS = 10_000;

/** `Appointment?date=ge…&_count=100`: encoded, and with this vendor's own parameter for the size of a page. */
export function query(path: string, parameters: [string, string][], profile: VendorProfile): string {
  const { parameter, size } = profile.paging;
  return `${path}?${new URLSearchParams([...parameters, [parameter, String(size)]])}`;
}

/**
 * Where to read from. Rows were seen to appear 915 ms after newer ones (`medplum.md` §5), and clocks differ. Always with
 * milliseconds and `ge`: HAPI takes a whole second as an interval, and `gt` would skip it.
 */
export function readFrom(since: Instant, overlapMs: number): Instant {
  return plusMs(since, -Math.max(overlapMs, LEAST_OVERLAP_MS));
}

/**
 * The next cursor: the newest stamp seen, but not after the walk began, as a row already passed may have changed during a
 * long walk. Never earlier than before; undefined while nothing was ever seen.
 */
export function advance(before: Instant | undefined, seen: Instant | undefined, began: Instant): Instant | undefined {
  return latest(before, seen === undefined ? undefined : earliest(seen, began));
}

import type { Instant } from '../../domain/clock.ts';

export interface LocalMoment {
  /** `Saturday, November 21, 2026` */
  day: string;
  /** `10:30 AM` */
  time: string;
}

/** As the patient's own phone would show it. A zone nobody knows counts as UTC, so that the page still opens. */
export function localMoment(at: Instant, timeZone: string): LocalMoment {
  const zone = knownZone(timeZone);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone }).format(new Date(at));
  return {
    day: format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
    time: format({ hour: 'numeric', minute: '2-digit' }),
  };
}

export function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

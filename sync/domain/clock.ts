/**
 * A moment in time as UTC text with milliseconds, always in this one form: `2026-11-21T15:30:00.000Z`.
 * One form means that instants compare with `<`, read well in tests and travel through JSON and SQL unchanged.
 */
export type Instant = string;

/** The one source of "now". Injected everywhere, so that tests and the demo can hold or move time. */
export type Clock = () => Instant;

export const systemClock: Clock = () => new Date().toISOString();

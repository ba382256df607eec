import { z } from 'zod';

/**
 * `00-<trace>-<span>-<flags>`, of W3C Trace Context: the trace is one for all that follows from one notification, to the
 * text that it led to.
 */
export type Traceparent = string;

const FORM = z.string().regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);

/** What a caller sent; undefined where it is none, as the specification wants it (§3.2): a wrong one is no error. */
export const readTraceparent = (header: unknown): Traceparent | undefined => FORM.safeParse(header).data;

/** `id`: a UUID. */
export function newTraceparent(id: string): Traceparent {
  const hex = id.replaceAll('-', '');
  return `00-${hex}-${hex.slice(16)}-01`;
}

/** What a line of the log says of it: by one `trace` all that came of a notification is found. */
export const traced = (traceparent: Traceparent | undefined): { trace?: string } => {
  const trace = traceparent?.split('-')[1];
  return trace ? { trace } : {};
};

/** The one that all share: a step taken for several causes at once belongs to none of them. */
export function sharedTrace(all: Iterable<Traceparent | null | undefined>): Traceparent | undefined {
  const [first, ...others] = new Set(all);
  return others.length === 0 ? (first ?? undefined) : undefined;
}

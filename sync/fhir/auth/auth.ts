/** How we prove who we are to one EHR. A token belongs to one connection and is never shared with another. */
export interface EhrAuth {
  /** The value of `Authorization`, or undefined where none is needed. Throws EhrError `token`. */
  authorization(): Promise<string | undefined>;
  /** The EHR answered 401: whatever is cached is worthless. */
  invalidate(): void;
}

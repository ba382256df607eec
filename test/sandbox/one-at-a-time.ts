export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets one piece of work run at a time, first come first served, so that nobody sees half a transaction. Not re-entrant. */
export function oneAtATime(): Exclusively {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

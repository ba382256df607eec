export interface Counted {
  /** The numbers between that were never heard, both ends included: ask `$events` for them, or sweep. */
  gap?: [from: bigint, to: bigint];
  /** The highest number known now; to be stored as text, as it may outgrow a JSON number. */
  last: bigint;
  /** The counter began anew, so anything may have happened meanwhile: sweep. */
  reset: boolean;
}

/** A number this far behind is no straggler; the subscription was made anew or the server restarted (HAPI). */
const STRAGGLERS = 50n;

/**
 * Compares the numbers of one notification with what was heard before (`undefined`: nothing yet). Events are processed
 * whatever comes out here: numbers tell what is missing, never what is to be refused. Needs at least one number.
 */
export function gaps(last: bigint | undefined, numbers: readonly bigint[]): Counted {
  const sorted = [...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const lowest = sorted[0];
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) throw new Error('A notification without numbers has no gaps.');
  if (last === undefined) return { ...spanOf(sorted, lowest), last: highest, reset: false };
  // The first number again is a new life more often than a late twin, and being wrong costs one sweep.
  const reset = highest < last && (lowest <= 1n || last - highest > STRAGGLERS);
  if (reset) return { ...spanOf(sorted, lowest), last: highest, reset: true };
  const fresh = sorted.filter(number => number > last);
  return { ...spanOf(fresh, last + 1n), last: highest > last ? highest : last, reset: false };
}

/** From the first to the last number that is missing when counting from `next`. */
function spanOf(sorted: readonly bigint[], next: bigint): Pick<Counted, 'gap'> {
  let gap: Counted['gap'];
  let expected = next;
  for (const number of sorted) {
    if (number > expected) gap = [gap?.[0] ?? expected, number - 1n];
    expected = number + 1n;
  }
  return gap === undefined ? {} : { gap };
}

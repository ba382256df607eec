export function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds that one piece of work took. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export interface Pair {
  value: number;
  baseline: number;
  /** Median of the ratios of each round: what slows the machine slows both halves of a round. */
  ratio: number;
}

/**
 * Measures a thing and its baseline in turns, A/B then B/A, as others may use the machine meanwhile. The first round is
 * for warming up and does not count.
 */
export async function inTurns(
  rounds: number,
  measure: (round: number) => Promise<number>,
  baseline: (round: number) => Promise<number>,
): Promise<Pair> {
  const pairs: [number, number][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % 2 === 0 ? await measure(round) : undefined;
    const base = await baseline(round);
    const value = first ?? (await measure(round));
    if (round > 0) pairs.push([value, base]);
  }
  return {
    value: median(pairs.map(([value]) => value)),
    baseline: median(pairs.map(([, base]) => base)),
    ratio: median(pairs.map(([value, base]) => value / base)),
  };
}

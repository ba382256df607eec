/** A small seeded source of numbers (mulberry32), so that the practice is the same in every run and on every machine. */
export type Random = {
  /** From 0 up to, but not including, 1. */
  next(): number;
  pick<T>(items: readonly T[]): T;
};

export function seededRandom(seed: number): Random {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  return { next, pick: items => items[Math.floor(next() * items.length)]! };
}

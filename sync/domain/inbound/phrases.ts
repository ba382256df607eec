/**
 * Phrases as data. In a phrase `a/b` are alternatives for one word, `(…)` may be absent, `{slot}` is one entry of a
 * slot and `{slot+}` up to eight in a row: `i need to cancel/drop ({visit}) ({when+})`.
 */
export type Slots = Record<string, string[]>;

/** Matches at one place (`lastIndex`) of heard words. */
export type Phrase = RegExp;

export const compilePhrase = (phrase: string, slots: Slots): Phrase => new RegExp(sourceOf(phrase, slots), 'y');

function sourceOf(phrase: string, slots: Slots): string {
  return (phrase.match(/\([^)]*\)|\S+/g) ?? [])
    .map(part => (part.startsWith('(') ? `(?:${sourceOf(part.slice(1, -1), slots)})?` : wordSource(part, slots)))
    .join('');
}

function wordSource(word: string, slots: Slots): string {
  const slot = word.match(/^\{(\w+)(\+?)\}$/);
  if (!slot) return `(?:${word.split('/').map(escaped).join('|')}) `;
  const entries = slots[slot[1]!];
  if (!entries) throw new Error(`The phrase uses the slot {${slot[1]}}, which is not defined.`);
  // Longest first: a slot does not give back what it took.
  const options = [...entries].sort((a, b) => b.length - a.length).map(entry => sourceOf(entry, slots));
  return `(?:${options.join('|')})${slot[2] ? '{1,8}' : ''}`;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}|[\]\\]/g, '\\$&');

/** Whether the words can be laid out entirely with these phrases, at least one of `meant` among them. */
export function covers(words: string, meant: readonly Phrase[], filler: readonly Phrase[]): boolean {
  const reached: [empty: Set<number>, meaningful: Set<number>] = [new Set([0]), new Set()];
  for (let at = 0; at < words.length; at++) {
    const [empty, meaningful] = [reached[0].has(at), reached[1].has(at)];
    if (!empty && !meaningful) continue;
    for (const end of endsOf(words, at, filler)) {
      if (empty) reached[0].add(end);
      if (meaningful) reached[1].add(end);
    }
    for (const end of endsOf(words, at, meant)) reached[1].add(end);
  }
  return reached[1].has(words.length);
}

/** Whether the words begin with one phrase of each list in turn, whatever follows; filler may stand before each. */
export function begins(words: string, lists: readonly Phrase[][], filler: readonly Phrase[]): boolean {
  let ends = new Set([0]);
  for (const list of lists) {
    const starts = reach(words, filler, ends);
    ends = new Set([...starts].flatMap(at => endsOf(words, at, list)));
  }
  return ends.size > 0;
}

/** Every place up to which the words can be laid out with these phrases, the beginning among them. */
export function reach(words: string, phrases: readonly Phrase[], from: Iterable<number> = [0]): Set<number> {
  const ends = new Set(from);
  // A set is walked to its end while it grows.
  for (const at of ends) for (const end of endsOf(words, at, phrases)) ends.add(end);
  return ends;
}

/** Whether one of the phrases stands anywhere among the words. */
export const holds = (words: string, phrases: readonly Phrase[]): boolean =>
  [...words.matchAll(/(?<![^ ])/g)].some(({ index }) => endsOf(words, index, phrases).length > 0);

/** Where the phrases that match at this place end. */
export const endsOf = (words: string, at: number, phrases: readonly Phrase[]): number[] =>
  phrases.flatMap(phrase => {
    phrase.lastIndex = at;
    return phrase.test(words) ? [phrase.lastIndex] : [];
  });

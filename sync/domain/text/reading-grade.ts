/**
 * Flesch-Kincaid grade of English text (`standards.md` §9.1): a lint, noisy on one short sentence, and meaningless in
 * other languages. Numbers, links and single letters ("Reply C") do not make a text harder and are left out.
 */
export function readingGrade(text: string): number {
  const sentences = text
    .replace(/https?:\/\/\S+/g, ' ')
    .split(/[.!?:;\n]+(?:\s|$)/)
    .map(sentence => sentence.match(/[A-Za-z][A-Za-z']+/g) ?? [])
    .filter(words => words.length > 0);
  const words = sentences.flat();
  if (words.length === 0) return 0;
  const syllables = words.reduce((sum, word) => sum + syllablesIn(word), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (syllables / words.length) - 15.59;
}

/** Groups of vowels, without a silent final e or ed; at least one. */
function syllablesIn(word: string): number {
  const spoken = word
    .toLowerCase()
    .replace(/(?<=[^aeiouyl])es?$|(?<=[aeiouy][^aeiouylr]*l)es?$|(?<=[^aeioudty])ed$/, '')
    .replace(/^y/, '');
  return Math.max(1, spoken.match(/[aeiouy]+/g)?.length ?? 0);
}

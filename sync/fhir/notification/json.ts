/** FHIR's own resources stay far below; what nests deeper wants to hurt somebody. */
const MAX_DEPTH = 100;

/** A JSON value out of raw bytes, or why not; the sentence quotes nothing of them. */
export function parseJson(body: Buffer): { value: unknown } | { why: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { why: 'The body is not UTF-8.' };
  }
  if (isTooDeep(text)) return { why: `The body nests deeper than ${MAX_DEPTH} levels.` };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { why: 'The body is not well-formed JSON.' };
  }
}

/** Counts brackets outside of strings, before anything that could recurse sees them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') {
      if (++depth > MAX_DEPTH) return true;
    } else if (c === '}' || c === ']') depth--;
  }
  return false;
}

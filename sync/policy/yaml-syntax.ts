import { type Document, visit, type YAMLError } from 'yaml';

export interface SyntaxMistake {
  offset: number;
  sentence: string;
  /** The rest of the file still means what it says, so its content can be judged too. */
  readable: boolean;
}

/** The parser's complaints in words for people who do not know YAML. Only the first on a line: the rest are echoes. */
export function syntaxMistakes(document: Document.Parsed, lineOf: (offset: number) => number): SyntaxMistake[] {
  const lines = new Set<number>();
  const complaints = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = complaints.filter(error => {
    const line = lineOf(error.pos[0]);
    return !lines.has(line) && lines.add(line);
  });
  return [...first.map(error => mistakeOf(error)), ...references(document)];
}

const mistakeOf = (error: YAMLError): SyntaxMistake => ({
  offset: error.pos[0],
  sentence: sentenceOf(error),
  readable: error.code === 'DUPLICATE_KEY',
});

function sentenceOf(error: YAMLError): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return 'This key is used twice in the same place; keep one of them.';
    case 'TAB_AS_INDENT':
      return 'This line is indented with a tab; use spaces.';
    case 'MULTIPLE_DOCS':
      return 'A second document begins here (---); a file holds one.';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'A second colon on this line makes it ambiguous; put the text in quotes, or begin a new, indented line.';
    case 'BAD_INDENT':
    case 'MULTILINE_IMPLICIT_KEY':
      return `The indentation or a closing mark is wrong here (${error.message}).`;
    case 'BAD_SCALAR_START':
      return `Text that begins with this sign must be in quotes (${error.message}).`;
    default:
      return `This is not valid YAML: ${error.message}.`;
  }
}

/** Anchors and aliases save typing and cost readers; a file of rules has to read top to bottom. */
function references(document: Document.Parsed): SyntaxMistake[] {
  const found: SyntaxMistake[] = [];
  visit(document, {
    Alias: (_, alias) => {
      const offset = alias.range?.[0] ?? 0;
      found.push({ offset, sentence: 'References (*name) are not used here; write the value out.', readable: false });
    },
  });
  return found;
}

import { readFileSync } from 'node:fs';

/**
 * Puts the text of `<NAME>_FILE` in the place of each secret that is not set itself. What is wrong is said in sentences
 * that name the variable and the file, never what the file holds.
 */
export function withSecretFiles(source: Record<string, string>, secrets: readonly string[]) {
  const given = { ...source };
  const mistakes: string[] = [];
  for (const name of secrets) {
    const file = source[`${name}_FILE`];
    if (file === undefined) continue;
    const text = textOf(file);
    if (source[name] !== undefined) mistakes.push(`${name} and ${name}_FILE are both set; keep one of them.`);
    else if (text === undefined) mistakes.push(`${name}_FILE: ${file} cannot be read.`);
    else if (text === '') mistakes.push(`${name}_FILE: ${file} is empty.`);
    else given[name] = text;
  }
  return { given, mistakes };
}

/** Without the end of its last line, which editors and `echo` leave there. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Environment } from '../sync/environment.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The row that the table must have for a variable: made from the schema, so that neither can drift. */
function rowOf(name: string): string {
  const schema = Environment.shape[name as keyof typeof Environment.shape];
  const empty = schema.safeParse(undefined);
  const value = empty.success ? empty.data : undefined;
  const shown =
    Array.isArray(value) || value === undefined
      ? ''
      : `\`${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}\``;
  return `| \`${name}\` | ${shown} | ${schema.description} |`;
}

describe('README', () => {
  it.each(Object.keys(Environment.shape))('tells what %s is', name => {
    expect(readme).toContain(rowOf(name));
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    const named = [...readme.matchAll(/npm run ([a-z]+)/g)].map(match => match[1] as string);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(name => !(name in scripts))).toEqual([]);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Bottom up. A file may import its own room and whatever lies below; `sync/x.ts` without a folder has its own line. */
const FLOORS: [floor: number, place: RegExp][] = [
  [0, /^sync\/domain\//],
  [1, /^sync\/log\.ts$/],
  [2, /^sync\/(channels|fhir|policy)\//],
  [3, /^sync\/store\//],
  [4, /^sync\/reconcile\//],
  [5, /^sync\/(http|cli)\//],
  [6, /^sync\/(environment|secret-files|write-whole)\.ts$/],
  [7, /^sync\/config\.ts$/],
  [8, /^sync\/(surroundings|key-file)\.ts$/],
  [9, /^sync\/(ehr-auth|hook-address|open-database)\.ts$/],
  [10, /^sync\/(connect|wire)\.ts$/],
  [11, /^sync\/serve\.ts$/],
  [12, /^sync\/main\.ts$/],
];
/** The CLI is an entrance like `main.ts`: it reads the configuration and wires the service. */
const ROOF_GUESTS = /^sync\/cli\//;

/** Packages the ground floor may use: nothing that reads a clock, a disk or a wire. */
const PURE_PACKAGES = ['zod', 'temporal-polyfill', 'libphonenumber-js/max', '@medplum/fhirtypes', 'node:util'];

/** Law 15: the universe is injected. Each word, and where alone it may stand. */
const FORBIDDEN: [word: RegExp, except: RegExp][] = [
  [/\bDate\.now\b/, /^$/],
  [/\bnew Date\(\)/, /^sync\/domain\/clock\.ts$/],
  [/\bMath\.random\b/, /^sync\/connect\.ts$/],
  [/\brandomUUID\b/, /^sync\/(ehr-auth|wire)\.ts$/],
  [/\bprocess\.env\b/, /^sync\/config\.ts$/],
  [/\bperformance\.now\b/, /^$/],
  [/\bconsole\./, /^sync\/(main\.ts|cli\/)/],
  [/\bsetTimeout\b/, /^sync\/(connect\.ts|cli\/)/],
  [/\bsetInterval\b/, /^$/],
  [/: any\b|\bas any\b|\bas unknown as\b|@ts-ignore|@ts-nocheck|@ts-expect-error/, /^$/],
];

const files = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name))
    .sort();

const source = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const importsOf = (file: string): string[] =>
  [...withoutComments(source(file)).matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)].map(
    match => match[1] as string,
  );

const floorOf = (file: string): number | undefined => FLOORS.find(([, place]) => place.test(file))?.[0];
const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');

const upward = (file: string): string[] =>
  importsOf(file)
    .filter(name => name.startsWith('.'))
    .map(name => relative(ROOT, resolve(ROOT, dirname(file), name)))
    .filter(target => {
      const [from, to] = [floorOf(file), floorOf(target)];
      if (from === undefined || to === undefined) return true;
      if (roomOf(file) === roomOf(target) || (ROOF_GUESTS.test(file) && to >= 6)) return false;
      return to >= from;
    });

describe('the house', () => {
  const all = files('sync');

  it('has no file outside its floors', () => {
    expect(all.filter(file => floorOf(file) === undefined)).toEqual([]);
    expect(all.length).toBeGreaterThan(100);
  });

  it.each(all)('%s imports only downwards', file => {
    expect(upward(file)).toEqual([]);
  });

  it('keeps the ground floor pure', () => {
    const packages = files('sync/domain').flatMap(file =>
      importsOf(file)
        .filter(name => !name.startsWith('.') && !PURE_PACKAGES.includes(name))
        .map(name => `${file} imports ${name}`),
    );
    expect(packages).toEqual([]);
  });

  it.each(FORBIDDEN)('injects the universe and keeps its types: no %s', (word, except) => {
    const found = all.filter(file => !except.test(file) && word.test(withoutComments(source(file))));
    expect(found).toEqual([]);
  });

  it('would notice', () => {
    expect(withoutComments('const a = Date.now(); // Math.random')).toMatch(/Date\.now/);
    expect(withoutComments('const a = Date.now(); // Math.random')).not.toMatch(/Math/);
    expect(floorOf('sync/domain/plan/plan.ts')).toBe(0);
    expect(upward('sync/wire.ts')).toEqual([]);
  });
});

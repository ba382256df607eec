import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
export const JAR = join(HERE, 'target', 'server.jar');

/** The sentence why no server can be had on this machine; undefined where one can. */
export function whyNot(): string | undefined {
  const java = versionOf('java', /version "(\d+)/);
  if (java === undefined) return 'There is no `java` here; HAPI needs 17 or newer.';
  if (java < 17) return `\`java\` is version ${java} here; HAPI needs 17 or newer.`;
  if (isBuilt() || versionOf('mvn', /Maven (\d+)/) !== undefined) return undefined;
  return 'There is no `mvn` here to build the HAPI server with.';
}

function versionOf(program: string, pattern: RegExp): number | undefined {
  const { error, stdout, stderr } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  const number = error ? undefined : pattern.exec(stdout + stderr)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Builds the server unless it is newer than its sources. The first time fetches 290 MB and takes a minute. */
export function build(): void {
  if (isBuilt()) return;
  console.error('Building the HAPI server; the first time takes a minute …');
  const { status } = spawnSync('mvn', ['-q', '-B', '-f', HERE, 'package'], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('The HAPI server could not be built; what Maven said stands above.');
}

function isBuilt(): boolean {
  if (!existsSync(JAR)) return false;
  const sources = readdirSync(join(HERE, 'src'), { recursive: true, encoding: 'utf8' }).map(name => join('src', name));
  const changed = ['pom.xml', ...sources].map(name => statSync(join(HERE, name)).mtimeMs);
  return Math.max(...changed) < statSync(JAR).mtimeMs;
}

import { parseArgs } from 'node:util';
import { accept } from './accept.ts';
import type { Bench } from './bench.ts';
import { dispatch } from './dispatch.ts';
import { ENGINES } from './engine.ts';
import { type Figure, lineOf, tableOf } from './figure.ts';
import { firstImport } from './first-import.ts';
import { instances } from './instances.ts';
import { notice } from './notice.ts';
import { reconcile } from './reconcile.ts';
import { tasks } from './tasks.ts';

const BENCHES: Record<string, Bench> = { accept, reconcile, import: firstImport, tasks, notice, dispatch, instances };

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);

const unknown = names.filter(name => !(name in BENCHES));
if (unknown.length > 0) {
  say(`There is no bench called ${unknown.join(' or ')}; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
if (!ENGINES.some(engine => engine.id === 'postgresql'))
  say('LOOPKEEPER_TEST_POSTGRES is not set, so nothing runs on PostgreSQL; the targets are for PostgreSQL.');

const figures: Figure[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const engine of ENGINES) {
    say(`${name} on ${engine.id} …`);
    const found = await bench({ engine, quick: options.quick, say: sentence => say(`  ${sentence}`) });
    figures.push(...found);
    if (options.json) for (const one of found) process.stdout.write(`${lineOf(one)}\n`);
  }
}
if (!options.json) process.stdout.write(`${tableOf(figures)}\n`);

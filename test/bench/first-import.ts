import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { answerOf } from './answer-of.ts';
import type { Bench, Run } from './bench.ts';
import { addressOf } from './engine.ts';
import { figure } from './figure.ts';

export const Order = z.object({
  ehrUrl: z.string(),
  /** Undefined: an embedded database of the child's own, as it would live in the service. */
  database: z.string().optional(),
  /** `bare`: the same pages over the same client, each stored by one INSERT and nothing else. */
  mode: z.enum(['import', 'bare']),
});
export const Answer = z.object({ resources: z.number(), ms: z.number(), peakMb: z.number(), idleMb: z.number() });
type Answer = z.infer<typeof Answer>;

const VISITS = { quick: 5_000, full: 100_000 };
const MOST_MB = 400;

/** A first read of a whole practice through `poll`, over HTTP, from an EHR in a process of its own. */
export const firstImport: Bench = async ({ engine, quick, say }) => {
  const visits = VISITS[quick ? 'quick' : 'full'];
  const ehr = fork(new URL('./ehr-child.ts', import.meta.url), [String(visits)]);
  try {
    const { url } = await answerOf(ehr, z.object({ url: z.string() }));
    const run = async (mode: 'import' | 'bare') => {
      const answer = await importOnce(engine, url, mode);
      say(
        `${mode}: ${answer.resources} resources in ${(answer.ms / 1000).toFixed(1)} s, peak ${Math.round(answer.peakMb)} MB`,
      );
      return answer;
    };
    const before = await run('bare');
    const whole = await run('import');
    const after = await run('bare');
    const rate = ({ resources, ms }: Answer) => resources / (ms / 1000);
    const onServer = engine.id === 'postgresql';
    return [
      figure({
        name: `import.${engine.id}`,
        what: `first import of ${visits} appointments and their patients, against reading the same pages and storing each by one INSERT`,
        unit: 'resources/s',
        value: rate(whole),
        baseline: (rate(before) + rate(after)) / 2,
      }),
      figure({
        name: `import.memory.${engine.id}`,
        what: `peak memory of the service in that import${onServer ? '' : ', the database living in it'}, against itself before the first page`,
        unit: 'MB',
        value: whole.peakMb,
        baseline: whole.idleMb,
        ...(onServer ? { target: { of: 'value', at: 'most', bound: MOST_MB } } : {}),
      }),
    ];
  } finally {
    ehr.kill();
  }
};

/** In a child, as only a process that does nothing else has a peak of its own. */
async function importOnce(engine: Run['engine'], ehrUrl: string, mode: 'import' | 'bare'): Promise<Answer> {
  const database = engine.id === 'postgresql' ? await engine.open() : undefined;
  const env = { ...process.env, NODE_OPTIONS: nodeOptions() };
  const child = fork(new URL('./import-child.ts', import.meta.url), { env });
  try {
    child.send({ ehrUrl, mode, ...(database ? { database: addressOf(database) } : {}) } satisfies z.infer<
      typeof Order
    >);
    return await answerOf(child, Answer);
  } finally {
    child.kill();
    await database?.close();
  }
}

/** As the image has them: what a service costs is told of the service that people run. */
function nodeOptions(): string {
  const file = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const options = /^ENV NODE_OPTIONS="(.*)"$/m.exec(file)?.[1];
  if (options === undefined) throw new Error('The Dockerfile sets no NODE_OPTIONS.');
  return options;
}

import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '../../sync/store/database.ts';
import { answerOf } from './answer-of.ts';
import type { Bench } from './bench.ts';
import { countSent, letFallDue, planReminders } from './due.ts';
import { addressOf } from './engine.ts';
import { figure } from './figure.ts';
import { inTurns } from './rounds.ts';
import { withPolicy } from './service.ts';

export const Order = z.object({ database: z.string(), does: z.enum(['work', 'rest', 'dispatch']) });

/** One service after another against two at once, on the same database and the same queue. */
export const instances: Bench = async ({ engine, quick, say }) => {
  if (engine.id === 'pglite') {
    say('Not measured: an embedded database has one process.');
    return [];
  }
  const { rounds, each } = quick ? { rounds: 1, each: 30 } : { rounds: 3, each: 150 };
  const database = await engine.open();
  const crew = [openInstance(database), openInstance(database)];
  try {
    await withPolicy(database);
    await planReminders(database, 2 * (rounds + 1) * each);
    const run = async (count: number) => {
      const working = crew.slice(0, count);
      for (const one of working) await one.told('work');
      const perSecond = await sendAll(database, each, () => working[0]?.told('dispatch'));
      for (const one of working) await one.told('rest');
      return perSecond;
    };
    const pair = await inTurns(
      rounds,
      () => run(2),
      () => run(1),
    );
    const what =
      'due reminders sent by two instances on one queue, against by one; database and both share the same cores';
    return [figure({ name: `instances.${engine.id}`, what, unit: '1/s', ...pair })];
  } finally {
    for (const one of crew) one.stop();
    await database.close();
  }
};

const LOOK_MS = 10;
const PATIENCE_MS = 60_000;

/** From the moment they are due until the last has left, as the database shows it. */
async function sendAll(database: Database, count: number, dispatch: () => Promise<void> | undefined): Promise<number> {
  const before = await countSent(database);
  await letFallDue(database, count);
  const began = performance.now();
  await dispatch();
  while ((await countSent(database)) < before + count) {
    if (performance.now() - began > PATIENCE_MS) throw new Error('The instances did not send what was due.');
    await sleep(LOOK_MS);
  }
  return count / ((performance.now() - began) / 1000);
}

function openInstance(database: Database) {
  const child = fork(new URL('./instance-child.ts', import.meta.url));
  const address = addressOf(database);
  return {
    async told(does: z.infer<typeof Order>['does']): Promise<void> {
      child.send({ database: address, does } satisfies z.infer<typeof Order>);
      await answerOf(child, z.object({ done: z.literal(does) }));
    },
    stop: () => void child.kill(),
  };
}

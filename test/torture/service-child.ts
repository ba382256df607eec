import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../sync/config.ts';
import { openLog } from '../../sync/log.ts';
import { openDatabase } from '../../sync/open-database.ts';
import { askAboutCutOff } from '../../sync/reconcile/outcome.ts';
import { isReady } from '../../sync/reconcile/poll.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { drain, sweep } from '../../sync/reconcile/sweep.ts';
import { serve } from '../../sync/serve.ts';
import { Order, type Told } from './child-orders.ts';
import { clockIn } from './clock.ts';
import { freely } from './freely.ts';
import { look } from './look.ts';

/**
 * The service as `sync/main.ts` starts it, but by the clock in a file, and with a parent that says when to sweep. Before
 * it starts it tells what the one before has left: nobody else may open an embedded database.
 */
const { TORTURE_CLOCK = '', ...env } = process.env;
const clock = clockIn(TORTURE_CLOCK);
let stopsBeforeSending = false;

const WORK: Record<Order['does'], (service: Service) => Promise<unknown>> = {
  poll: firstPoll,
  sweep,
  drain,
  'cut-off': askAboutCutOff,
  'stop-before-sending': async () => {
    stopsBeforeSending = true;
  },
};

/** The clockwork polls at a start; this waits until it has read everything once. */
async function firstPoll(service: Service): Promise<void> {
  while (!(await isReady(service))) await sleep(20);
}

/** Stops this process where it last looks at the clock before it sends, as a machine may that is put to sleep. */
function clockOfSleeper() {
  if (stopsBeforeSending && new Error().stack?.includes('hand-over')) {
    stopsBeforeSending = false;
    process.kill(process.pid, 'SIGSTOP');
  }
  return clock();
}

// Whoever is left behind by a broken-off run ends with it.
process.on('disconnect', () => process.exit());

const tell = (told: Told) => void process.send?.(told);

try {
  const config = readConfig(env);
  const left = await openDatabase(config);
  tell({ saw: await look(left) });
  await left.close();
  const around = { clock: clockOfSleeper, log: openLog(config.environment.LOOPKEEPER_LOG, clock) };
  const { service } = await serve(config, around, {
    policy: ({ policy, version }) => ({ policy: freely(policy), version: `${version}-freely` }),
  });
  process.on('message', async message => {
    const { does } = Order.parse(message);
    await WORK[does](service).catch((error: Error) => around.log.warn('An order failed.', { does, error: error.name }));
    tell({ done: does });
  });
  tell({ up: true });
  // What is killed writes nothing down at its end.
  flushCompileCache();
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : 'It failed for an unknown reason.' });
  process.exit(1);
}

import { EhrError } from '../../sync/fhir/outcome.ts';
import { openJobs } from '../../sync/reconcile/jobs.ts';
import type { Database } from '../../sync/store/database.ts';
import { listen } from '../sandbox/listen.ts';
import type { Bench } from './bench.ts';
import { type Callers, openCallers } from './callers.ts';
import { benchDoors } from './doors.ts';
import { figure } from './figure.ts';
import { inTurns } from './rounds.ts';
import { benchService, withPolicy } from './service.ts';

/**
 * How many notifications a second are taken in durably, with the queue running as in service. The EHR answers no read
 * while this goes on, so looking into what was heard costs nothing here.
 */
export const accept: Bench = async ({ engine, quick }) => {
  const database = await engine.open();
  const callers = openCallers();
  try {
    await withPolicy(database);
    const pair = await measure(database, callers, quick ? { rounds: 2, ms: 300 } : { rounds: 7, ms: 1500 });
    const what = 'notifications accepted durably, against bare single-row INSERTs behind the same HTTP server';
    const target = { of: 'ratio', at: 'least', bound: 0.5 } as const;
    return [
      figure({
        name: `accept.${engine.id}`,
        what,
        unit: '1/s',
        ...pair,
        ...(engine.id === 'postgresql' ? { target } : {}),
      }),
    ];
  } finally {
    callers.stop();
    await database.close();
  }
};

async function measure(database: Database, callers: Callers, { rounds, ms }: { rounds: number; ms: number }) {
  const hour = longHour();
  const jobs = openJobs(database, () => undefined);
  const service = benchService(database, { ask: jobs.ask, read: hour.read });
  await jobs.start(service);
  const door = await listen(await benchDoors(service));
  try {
    return await inTurns(
      rounds,
      () => callers.call(door.url, '/hooks/fhir/ehr', { ms }),
      () => callers.call(door.url, '/bare', { ms }),
    );
  } finally {
    hour.over();
    await door.close();
    await jobs.stop();
  }
}

/** An EHR that keeps everybody waiting until it is over, and then refuses. */
function longHour() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    over: resolve,
    async read(): Promise<never> {
      await promise;
      throw new EhrError('The EHR is busy.', { code: 'server', retry: 'later' });
    },
  };
}

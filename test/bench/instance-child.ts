import { dispatchDue } from '../../sync/reconcile/deliver.ts';
import { type Jobs, openJobs } from '../../sync/reconcile/jobs.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import { type Database, openPostgres } from '../../sync/store/database.ts';
import { DUE } from './due.ts';
import { Order } from './instances.ts';
import { benchService } from './service.ts';

interface Instance {
  database: Database;
  jobs: Jobs;
  service: Service;
}

let held: Instance | undefined;

/** A service as `serve` makes it, with the queue and its workers, but no doors and no clockwork. */
async function work(address: string): Promise<Instance> {
  const database = await openPostgres(address);
  const jobs = openJobs(database, () => undefined);
  const service = benchService(database, { clock: () => DUE, ask: jobs.ask });
  await jobs.start(service);
  return { database, jobs, service };
}

async function rest({ database, jobs }: Instance): Promise<undefined> {
  await jobs.stop();
  await database.close();
}

process.on('message', async message => {
  const { database, does } = Order.parse(message);
  if (does === 'work') held = await work(database);
  if (does === 'dispatch' && held) await dispatchDue(held.service);
  if (does === 'rest' && held) held = await rest(held);
  process.send?.({ done: does });
});

import { plus } from '../domain/time.ts';
import { EhrError } from '../fhir/outcome.ts';
import { takeLease } from '../store/lease.ts';
import { stalePatients } from '../store/patient.ts';
import { answerAll } from './answer.ts';
import { reconcileMany } from './bulk.ts';
import { deliverDue, dispatchDue } from './deliver.ts';
import { learnOfEndedTasks } from './ended-tasks.ts';
import { observeHints } from './hints.ts';
import { isReady, poll } from './poll.ts';
import { publishAll } from './publish.ts';
import type { Service } from './service.ts';

const STALE_AT_ONCE = 5000;

/** Plans again whoever has new facts or whose time has come. What a lost request missed is found here (law 1). */
export async function reconcileStale(service: Service, cause = 'sweep'): Promise<number> {
  if (!(await isReady(service))) return 0;
  const patients = await stalePatients(service.database.sql, service.clock(), STALE_AT_ONCE);
  return patients.length > 0 ? (await reconcileMany(service, cause, patients)).planned : 0;
}

/**
 * One look at everything that state says is to be done. Sending is handed to the workers of all instances. Throws
 * EhrError when the EHR could not be asked for part of it; the rest is done all the same.
 */
export async function sweep(service: Service): Promise<void> {
  await service.refreshPolicy();
  const failure = await withoutEhr(() => observeHints(service));
  await reconcileStale(service);
  await answerAll(service);
  if (await isReady(service)) await dispatchDue(service);
  await publishAll(service);
  if (failure instanceof EhrError) throw failure;
}

/** Everything that state says is to be done now, until nothing is: after a restart, in tests, and behind every sweep. */
export async function drain(service: Service): Promise<void> {
  await service.refreshPolicy();
  for (let round = 0; round < ROUNDS; round += 1) {
    const seen = await withoutEhr(() => observeHints(service));
    const work = [
      await reconcileStale(service),
      await answerAll(service),
      (await isReady(service)) ? await deliverDue(service) : 0,
      await publishAll(service),
    ];
    if ((seen === 0 || seen instanceof EhrError) && work.every(count => count === 0)) return;
  }
  service.log.warn('A sweep ended with work left over; the next one goes on.');
}

/** A record that cannot be read now must not keep a STOP from being heard, or the others from being told. */
async function withoutEhr<T>(work: () => Promise<T>): Promise<T | EhrError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EhrError) return error;
    throw error;
  }
}

/** More than any chain of consequences is long; a livelock shows in the log instead of stopping the process. */
const ROUNDS = 100;

/** Asks the EHR for what changed, one instance at a time. False when another one is at it. */
export async function pollOnce(service: Service, instance: string): Promise<boolean> {
  const { database, clock } = service;
  const now = clock();
  if (!(await takeLease(database.sql, `poll ${service.connection.id}`, instance, now, plus(now, 'PT10M'))))
    return false;
  await poll(service);
  await learnOfEndedTasks(service);
  return true;
}

import { PgBoss } from 'pg-boss';
import type { Database } from '../store/database.ts';
import { answer } from './answer.ts';
import { deliver } from './deliver.ts';
import { observeAllHints } from './hints.ts';
import { publishAll } from './publish.ts';
import type { Service, Work } from './service.ts';

type Ask = (work: Work, subject: string) => Promise<void>;

export interface Jobs {
  /** Never rejects: a request that is lost costs time only. Resolves once the queue has it, or has failed. */
  ask: Ask;
  start: (service: Service) => Promise<void>;
  stop: () => Promise<void>;
}

const WORK: Record<Work, (service: Service, subject: string) => Promise<unknown>> = {
  observe: service => observeAllHints(service),
  answer: (service, id) => answer(service, id),
  deliver: (service, key) => deliver(service, key),
  publish: service => publishAll(service),
};

/** One queue a kind; one waiting job a subject. While a job runs, another may wait: the running one has old eyes. */
const QUEUE = {
  policy: 'short',
  retryLimit: 3,
  retryDelay: 5,
  retryBackoff: true,
  deleteAfterSeconds: 3600,
  notify: true,
} as const;
/** On PostgreSQL, for each instance. Hints are taken in one after another, so that none is read twice. */
const WORKERS: Record<Work, number> = { observe: 1, answer: 2, deliver: 4, publish: 1 };
const KINDS = Object.keys(WORK) as Work[];
/**
 * A worker that got all it asked for asks again at once. Without that it would take one job and wait to be woken: of a
 * hundred texts that fall due together, most would wait for half a minute or more. Alone, a job is never "all".
 */
const PACE = {
  batchSize: 2,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 2,
  // Nobody is woken when a job that failed may be tried again.
  notifyPollingIntervalSeconds: 5,
} as const;

/** Each of them, even when one fails; the queue then tries them all again, which changes nothing for the others. */
async function all<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/**
 * The queue. A job names a subject and carries nothing else: no name, no number, no words (law 13). It is a request
 * to look soon; if the request is lost, the sweep finds the same work by its state.
 */
export function openJobs(database: Database, onError: (error: Error) => void): Jobs {
  const boss = new PgBoss({
    ...database.queue,
    ...(database.kind === 'pglite' ? { backend: 'pglite' } : {}),
    schema: 'queue',
    useListenNotify: true,
    schedule: false,
  });
  boss.on('error', onError);
  let running = false;
  // Each practice's service takes up its own work alone.
  const queueOf = (work: Work) => `${database.practice}/${work}`;
  return {
    // Not inside a transaction: on one connection the queue would wait for it for ever (`models.md`).
    ask: oneBehindAnother(async (work, subject) => {
      if (running) await boss.send(queueOf(work), { subject }, { singletonKey: subject }).catch(onError);
    }),
    async start(service) {
      await boss.start();
      for (const kind of KINDS) {
        await boss.createQueue(queueOf(kind), QUEUE);
        const options = { ...PACE, localConcurrency: database.kind === 'pglite' ? 1 : WORKERS[kind] };
        await boss.work<{ subject: string }>(queueOf(kind), options, jobs =>
          all(jobs, job => WORK[kind](service, job.data.subject)),
        );
      }
      running = true;
    },
    async stop() {
      running = false;
      await boss.stop({ graceful: true, timeout: 10_000 });
    },
  };
}

/**
 * While a request about a subject is on its way, whatever asks the same meanwhile becomes one more behind it, as the
 * first may be taken up before the last hint was stored. A thousand notifications cost a few requests, not a thousand.
 */
export function oneBehindAnother(send: Ask): Ask {
  const lines = new Map<string, { first: Promise<void>; next?: Promise<void> }>();
  const ask: Ask = (work, subject) => {
    const name = `${work} ${subject}`;
    const held = lines.get(name);
    if (held) {
      held.next ??= held.first.then(() => {
        lines.delete(name);
        return ask(work, subject);
      });
      return held.next;
    }
    const line: { first: Promise<void>; next?: Promise<void> } = { first: send(work, subject) };
    lines.set(name, line);
    return line.first.then(() => {
      if (!line.next) lines.delete(name);
    });
  };
  return ask;
}

import { openJobs } from '../../sync/reconcile/jobs.ts';
import type { Database } from '../../sync/store/database.ts';
import { listen } from '../sandbox/listen.ts';
import type { Bench } from './bench.ts';
import { calledOff } from './called-off.ts';
import { type Callers, openCallers } from './callers.ts';
import { benchDoors } from './doors.ts';
import { figure } from './figure.ts';
import { storePractice } from './practice.ts';
import { inTurns, median } from './rounds.ts';
import { firstVisitOf, samplePatient, VISITS_EACH } from './samples.ts';
import { benchService, withPolicy } from './service.ts';

const PER_SECOND = 20;
/** So many more patients than are told: what a slow moment brings together must not be enough for the brake. */
const MANY = 10;
const PATIENCE_MS = 60_000;

/** How long after the hook the text is in the provider's hands, where the rules want it said at once. */
export const notice: Bench = async ({ engine, quick, say }) => {
  const database = await engine.open();
  const callers = openCallers();
  const { rounds, each } = quick ? { rounds: 1, each: 40 } : { rounds: 3, each: 200 };
  try {
    await storePractice(database, MANY * (rounds + 1) * each * VISITS_EACH);
    await withPolicy(database, shipped => ({ ...shipped, change: 'PT0S', nearVisit: 'PT0S' }));
    say(`${MANY * (rounds + 1) * each} patients stored`);
    const pair = await measure(database, callers, rounds, each);
    const what = `median from a notification to its text handed to the channel, at ${PER_SECOND} a second, against a bare INSERT behind the same HTTP server`;
    return [figure({ name: `notice.${engine.id}`, what, unit: 'ms', ...pair })];
  } finally {
    callers.stop();
    await database.close();
  }
};

async function measure(database: Database, callers: Callers, rounds: number, each: number) {
  const jobs = openJobs(database, error => process.stderr.write(`${error.stack}\n`));
  const service = benchService(database, { ask: jobs.ask, read: calledOff() });
  const watch = stopwatch();
  const { sms } = service.channels;
  if (!sms) throw new Error('The bench has no channel for texts.');
  service.channels.sms = {
    ...sms,
    async send(message) {
      watch.stop(message.to);
      return sms.send(message);
    },
  };
  await jobs.start(service);
  const app = await benchDoors(service);
  const door = await listen((request, response) => {
    const of = numberOf(request.url ?? '');
    watch.start(of);
    if (request.url?.startsWith('/bare')) response.once('finish', () => watch.stop(of));
    app(request, response);
  });
  try {
    const run = async (path: string, round: number) => {
      const patients = { from: round * each + 1, count: each };
      const took = watch.next(each);
      await callers.call(door.url, path, { patients, perSecond: PER_SECOND });
      return median(await took);
    };
    return await inTurns(
      rounds,
      round => run('/hooks/fhir/ehr', round),
      round => run('/bare', round),
    );
  } finally {
    await door.close();
    await jobs.stop();
  }
}

/** The number of the patient whose visit a notification names. */
function numberOf(url: string): string {
  const n = Number(url.match(/\/a(\d+)$/)?.[1]);
  const patient = Math.ceil(n / VISITS_EACH);
  if (firstVisitOf(patient) !== n) throw new Error(`Nobody's first visit: ${url}`);
  return samplePatient(patient).telecom?.[0]?.value as string;
}

/** Many watches at once, each known by a name. */
function stopwatch() {
  const started = new Map<string, number>();
  let took: number[] = [];
  let ended = Promise.withResolvers<number[]>();
  let wanted = 0;
  return {
    start: (name: string) => void started.set(name, performance.now()),
    stop(name: string) {
      const began = started.get(name);
      if (began === undefined || !started.delete(name)) return;
      took.push(performance.now() - began);
      if (took.length === wanted) ended.resolve(took);
    },
    /** Milliseconds of the next so many. */
    next(count: number): Promise<number[]> {
      [took, wanted, ended] = [[], count, Promise.withResolvers()];
      const late = () => ended.reject(new Error(`Only ${took.length} of ${count} texts were handed over.`));
      const alarm = setTimeout(late, PATIENCE_MS);
      return ended.promise.finally(() => clearTimeout(alarm));
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Patient } from '@medplum/fhirtypes';
import { openJobs } from '../../sync/reconcile/jobs.ts';
import type { Database } from '../../sync/store/database.ts';
import { listen } from '../sandbox/listen.ts';
import type { Bench } from './bench.ts';
import { calledOff } from './called-off.ts';
import { type Callers, openCallers } from './callers.ts';
import { benchDoors } from './doors.ts';
import { figure } from './figure.ts';
import { storePractice } from './practice.ts';
import { inTurns, time } from './rounds.ts';
import { VISITS_EACH } from './samples.ts';
import { benchService, withPolicy } from './service.ts';

/** What a bot on a FHIR server managed on a machine like this, measured: `models.md`. We owe ten times that. */
const OWED = 190;
const LOOK_MS = 20;
const PATIENCE_MS = 120_000;

/**
 * From notifications to Tasks: so many visits are called off at once, of patients who have no number, so that staff are
 * to call each. Every one is accepted, read in the EHR (from memory), mirrored, planned and given its Task.
 */
export const tasks: Bench = async ({ engine, quick, say }) => {
  const database = await engine.open();
  const callers = openCallers();
  const { rounds, each } = quick ? { rounds: 1, each: 200 } : { rounds: 5, each: engine.id === 'pglite' ? 500 : 2_000 };
  try {
    await storePractice(database, (rounds + 1) * each * VISITS_EACH, withoutNumber);
    await withPolicy(database, settled => ({ ...settled, booking: 'PT0S', change: 'PT0S', nearVisit: 'PT0S' }));
    say(`${(rounds + 1) * each} patients stored`);
    const pair = await measure(database, callers, rounds, each);
    return [
      figure({
        name: `tasks.${engine.id}`,
        what: `Tasks a second from ${each} notifications that come as fast as they are taken, against bare INSERTs behind the same HTTP server`,
        unit: '1/s',
        ...pair,
        ...(engine.id === 'postgresql' ? { target: { of: 'value', at: 'least', bound: OWED } as const } : {}),
      }),
    ];
  } finally {
    callers.stop();
    await database.close();
  }
};

const withoutNumber = (patient: Patient): Patient => ({ ...patient, telecom: [] });

async function measure(database: Database, callers: Callers, rounds: number, each: number) {
  const jobs = openJobs(database, error => process.stderr.write(`${error.stack}\n`));
  const service = benchService(database, { ask: jobs.ask, read: calledOff(withoutNumber) });
  await jobs.start(service);
  const door = await listen(await benchDoors(service));
  try {
    return await inTurns(
      rounds,
      async round => {
        const patients = { from: round * each + 1, count: each };
        const until = (round + 1) * each;
        const ms = await time(async () => {
          await callers.call(door.url, '/hooks/fhir/ehr', { patients });
          await opened(database, until);
        });
        return each / (ms / 1000);
      },
      () => callers.call(door.url, '/bare', { ms: 1000 }),
    );
  } finally {
    await door.close();
    await jobs.stop();
  }
}

async function opened({ sql }: Database, count: number): Promise<void> {
  const began = performance.now();
  const query = sql.selectFrom('task').select(eb => eb.fn.countAll<number>().as('n'));
  for (;;) {
    const { n } = await query.executeTakeFirstOrThrow();
    if (Number(n) >= count) return;
    if (performance.now() - began > PATIENCE_MS) throw new Error(`There are ${n} of ${count} Tasks.`);
    await sleep(LOOK_MS);
  }
}

import { plusMs } from '../../sync/domain/time.ts';
import { reconcile as plan } from '../../sync/reconcile/loop.ts';
import { takeIn } from '../../sync/reconcile/observe.ts';
import type { Service } from '../../sync/reconcile/service.ts';
import type { Bench } from './bench.ts';
import { figure } from './figure.ts';
import { storePractice } from './practice.ts';
import { inTurns, median, time } from './rounds.ts';
import { firstVisitOf, sampleVisit, startOf, VISITS_EACH } from './samples.ts';
import { benchService, withPolicy } from './service.ts';

const SIZES = {
  quick: { postgresql: [1_000, 20_000], pglite: [1_000, 5_000] },
  full: { postgresql: [10_000, 1_000_000], pglite: [10_000, 100_000] },
} as const;

/** What one moved appointment costs, from the record in our hands to the plan that follows it: must not grow with the practice. */
export const reconcile: Bench = async ({ engine, quick, say }) => {
  const [small, large] = SIZES[quick ? 'quick' : 'full'][engine.id];
  if (engine.id === 'pglite' && !quick)
    say(`PGlite is asked for ${large} appointments at most; more take it minutes to store.`);
  const databases = [await engine.open(), await engine.open()] as const;
  try {
    const services = databases.map(database => benchService(database)) as [Service, Service];
    for (const [i, visits] of [small, large].entries()) {
      const took = await time(() => storePractice(services[i]!.database, visits));
      await withPolicy(services[i]!.database);
      say(`${visits} appointments stored in ${Math.round(took / 1000)} s`);
    }
    const { rounds, moves } = quick ? { rounds: 3, moves: 10 } : { rounds: 15, moves: 20 };
    const pair = await inTurns(
      rounds,
      round => moveVisits(services[1], large, round * moves, moves),
      round => moveVisits(services[0], small, round * moves, moves),
    );
    const what = `one moved appointment mirrored and planned among ${large} stored, against among ${small}`;
    const target = { of: 'ratio', at: 'most', bound: 1.5 } as const;
    return [
      figure({
        name: `reconcile.${engine.id}`,
        what,
        unit: 'ms',
        ...pair,
        ...(engine.id === 'postgresql' ? { target } : {}),
      }),
    ];
  } finally {
    for (const database of databases) await database.close();
  }
};

const HOUR_MS = 3_600_000;
/** Scatters the patients over the whole table, each of them once; a prime, so that none comes twice. */
const STRIDE = 7919;

/** Median milliseconds of a move. */
async function moveVisits(service: Service, stored: number, from: number, moves: number): Promise<number> {
  const patients = stored / VISITS_EACH;
  const took: number[] = [];
  for (let i = from; i < from + moves; i += 1) {
    const patient = ((i * STRIDE) % patients) + 1;
    const visit = firstVisitOf(patient);
    const moved = sampleVisit(visit, { versionId: '2', start: plusMs(startOf(visit), HOUR_MS) });
    took.push(
      await time(async () => {
        const { updated } = await takeIn(service, { resources: [moved], deleted: [] });
        const changes = await plan(service, `Patient/p${patient}`);
        if (updated !== 1 || changes.length === 0)
          throw new Error('A moved visit changed nothing; this measures nothing.');
      }),
    );
  }
  return median(took);
}

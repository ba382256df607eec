import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../sync/store/database.ts';
import { openTestDatabase } from '../support/database.ts';
import { type Chaos, chaosOf, tell } from './history.ts';
import { wrongIn } from './wrong.ts';

const { CHAOS_RUNS = '50', CHAOS_SEED = '20261121' } = process.env;
/** Histories that share one world: the more, the quicker each, and the longer a counterexample takes to shrink. */
const TOGETHER = Math.min(25, Math.ceil(Number(CHAOS_RUNS) / 2));
/** In worlds; a run in CI is over before. */
const TELL_EVERY = 20;
const SHRINK_FOR_MS = 240_000;

/**
 * One half of the histories, so that two cores can share them. Few at every `npm test`, 500 in CI, and by hand
 * `CHAOS_RUNS=5000 npx vitest run test/chaos` (most of an hour); another CHAOS_SEED gives other histories.
 */
export function chaosHalf(half: 0 | 1): void {
  const runs = Math.ceil(Number(CHAOS_RUNS) / 2 / TOGETHER);
  const seed = Number(CHAOS_SEED) + half;
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it(`says what is true, once, and forgets nobody, in ${runs * TOGETHER} histories (seed ${seed})`, async () => {
    for (const [number, world] of fc.sample(chaosOf(TOGETHER), { numRuns: runs, seed }).entries()) {
      const wrong = await wrongIn(database, world);
      if (number % TELL_EVERY === TELL_EVERY - 1) console.info(`${(number + 1) * TOGETHER} histories, seed ${seed}`);
      if (wrong.length === 0) continue;
      // At once: a long run by hand would keep it to itself until the end.
      console.error(
        [`After ${number * TOGETHER} histories, seed ${seed}:`, ...wrong, JSON.stringify(world)].join('\n'),
      );
      const smallest = await shrunk(database, world);
      const why = await wrongIn(database, smallest);
      expect.fail([tell(smallest), ...why, JSON.stringify(smallest)].join('\n'));
    }
  }, 36_000_000);
}

/** Alone a history is quickly shrunk; where it takes several to go wrong, all of them are. */
async function shrunk(database: Database, world: Chaos): Promise<Chaos> {
  const isWrong = async (chaos: Chaos) => (await wrongIn(database, chaos)).length > 0;
  let guilty = world;
  for (const history of world.histories) {
    const alone = { ...world, histories: [history] };
    if (!(await isWrong(alone))) continue;
    guilty = alone;
    break;
  }
  const property = fc.asyncProperty(chaosOf(guilty.histories.length), async chaos => !(await isWrong(chaos)));
  const { counterexample } = await fc.check(property, {
    examples: [[guilty]],
    numRuns: 1,
    interruptAfterTimeLimit: SHRINK_FOR_MS,
  });
  return counterexample?.[0] ?? guilty;
}

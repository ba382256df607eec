import { afterAll, describe, expect, it } from 'vitest';
import { GROUNDS } from './ground.ts';
import { torture } from './kills.ts';
import { type Cut, statesOf, tallyOf } from './tally.ts';

const { TORTURE_KILLS = '100', TORTURE_SEED = '20261121' } = process.env;
/** As many as fit into one working day of a practice. */
const A_DAY = 20;

/** The share of one engine: each has a file of its own, so that two cores can share them. */
export function killsOn(engine: string): void {
  const ground = GROUNDS.find(([name]) => name === engine);
  if (!ground) {
    it.skip(`is not run on ${engine}`);
    return;
  }
  const kills = Math.ceil(Number(TORTURE_KILLS) / GROUNDS.length);
  const days = Array.from({ length: Math.ceil(kills / A_DAY) }, (_, day) => ({
    seed: Number(TORTURE_SEED) + day,
    kills: Math.min(A_DAY, kills - day * A_DAY),
  }));
  describe(`a service that is killed at any moment, on ${engine}`, () => {
    const cuts: Cut[] = [];
    const states: Record<string, number>[] = [];
    const say = (what: string, some: Cut[], ended: typeof states) =>
      process.stderr.write(`${engine}, ${what}: ${tallyOf(some)}. Messages: ${statesOf(ended)}.\n`);
    afterAll(() => void say('in all', cuts, states));

    it.each(days)('loses nothing and says nothing twice: $kills kills, seed $seed', async day => {
      const ended = await torture(await ground[1](), day.seed, day.kills);
      cuts.push(...ended.cuts);
      states.push(ended.states);
      // At once: a long run by hand would keep it to itself until the end.
      say(`seed ${day.seed}`, ended.cuts, [ended.states]);
      expect(ended.wrong, ended.wrong.join('\n')).toEqual([]);
    });
  });
}

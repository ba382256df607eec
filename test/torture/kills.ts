import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seededRandom } from '../sandbox/practice/random.ts';
import { type Acts, openActs } from './acts.ts';
import type { Sight } from './child-orders.ts';
import type { Ground } from './ground.ts';
import type { ServiceProcess } from './service.ts';
import type { Cut } from './tally.ts';
import { openWorld, type Sign, type World } from './world.ts';
import { type Ending, endingOf } from './wrong.ts';

/** What a kill waits for, so that each kind of work is hit: the third read of a record, say, and then some milliseconds. */
const SIGNS: Sign[] = ['call', 'call', 'read', 'read', 'text', 'text', 'text', 'write', 'write', 'write'];
const MOST_SIGNS = 6;
const AFTER_SIGN_MS = 25;
/** Where no sign comes, it is killed all the same. */
const LONGEST_MS = 800;
/** Of a start, from nothing to open doors. */
const START_MS = 2500;
const DIES_STARTING = 0.1;
/** Mostly it first does what its predecessor has left, or nobody would ever come to an end. */
const CLEARS_UP = 0.7;

/** So many kills in one practice of its own, and everything that is wrong afterwards. */
export async function torture(ground: Ground, seed: number, kills: number): Promise<Ending & { cuts: Cut[] }> {
  const world = await openWorld(ground);
  try {
    const random = seededRandom(seed);
    const acts = await openActs(world, random);
    const cuts: Cut[] = [];
    const wrong: string[] = [];
    let service = await firstStart(world);
    while (cuts.length < kills) {
      if (random.next() < DIES_STARTING) await sleep(random.next() * START_MS);
      else {
        await service.up;
        if (random.next() < CLEARS_UP) await service.told('sweep');
        const moment = momentOf(world, random);
        acts.burst(service);
        await moment;
      }
      const cut = await kill(world, service);
      service = await world.start();
      const left = await service.saw;
      wrong.push(...lostFrom(left, world.door.acknowledged).map(one => `after kill ${cuts.length + 1}: ${one}`));
      cuts.push({ ...cut, left });
    }
    await service.up;
    await settle(world, acts, service);
    await service.kill();
    const ending = await endingOf(world, acts.desks);
    return { cuts, states: ending.states, wrong: [...wrong, ...ending.wrong] };
  } finally {
    await world.close();
  }
}

/** Resolves when it is to die. */
function momentOf({ signs }: World, random: Random): Promise<void> {
  const sign = random.pick(SIGNS);
  const late = random.next() * AFTER_SIGN_MS;
  let left = 1 + Math.floor(random.next() * MOST_SIGNS);
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signs.off(sign, count);
      setTimeout(resolve, late);
    };
    const count = () => {
      left -= 1;
      if (left === 0) end();
    };
    const timer = setTimeout(end, LONGEST_MS);
    signs.on(sign, count);
  });
}

/** The first look at a practice is silent: it is over before anything happens. */
async function firstStart(world: World): Promise<ServiceProcess> {
  const service = await world.start();
  await service.up;
  await service.told('poll');
  await service.told('drain');
  return service;
}

async function kill({ door, writing, twilio, ehr }: World, service: ServiceProcess): Promise<Omit<Cut, 'left'>> {
  const cut = { atTheDoor: door.waiting.size, writing: writing.size };
  door.opensTo = undefined;
  await service.kill();
  twilio.fault = 'none';
  ehr.faults.slowMs = 0;
  return cut;
}

/** What was acknowledged and is neither kept nor taken in. */
function lostFrom({ hints, versions, inbound, reports }: Sight, acknowledged: string[]): string[] {
  return [...new Set(acknowledged)]
    .filter(name => {
      const [what = '', about = '', state] = name.split(' ');
      if (what === 'inbound') return !inbound.includes(about);
      if (what === 'report') return !reports.includes(`${about} ${state}`);
      return !hints.includes(what) && (versions[what] ?? 0) < Number(about);
    })
    .map(name => `${name} was acknowledged, and is lost`);
}

/** Two hours in which nobody dies. */
async function settle({ clock, ehr }: World, acts: Acts, service: ServiceProcess): Promise<void> {
  for (let quarter = 0; quarter < 8; quarter += 1) {
    clock.advance('PT15M');
    ehr.tick();
    await ehr.settle();
    await acts.catchUp();
    await service.told('cut-off');
    await service.told('drain');
  }
}

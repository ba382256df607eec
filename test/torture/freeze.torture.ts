import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql as raw } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plus } from '../../sync/domain/time.ts';
import type { Database } from '../../sync/store/database.ts';
import { person, visitOf } from '../support/chart.ts';
import { POSTGRES } from '../support/database.ts';
import { GROUNDS } from './ground.ts';
import type { ServiceProcess } from './service.ts';
import { openWorld, type World } from './world.ts';

const ANA = '+13125550101';
const PATIENCE_MS = 20_000;

let world: World;
let services: ServiceProcess[];
const start = async () => {
  const service = await world.start();
  services.push(service);
  await service.up;
  await service.told('poll');
  return service;
};

/** One patient has booked, and one service has everything ready to send. */
async function ready(): Promise<ServiceProcess> {
  const service = await start();
  await service.told('drain');
  await world.ehr.store.create(visitOf('one', ['ana'], plus(world.clock.now(), 'P3D')));
  await world.ehr.settle();
  await service.told('drain');
  return service;
}

/** What a machine does that goes to sleep; resolves when the system says that it stands still. */
const isStopped = ({ pid }: ServiceProcess): Promise<void> =>
  until(
    async () => /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
    'The service did not come to where it was to be stopped.',
  );

async function until(is: () => Promise<boolean>, orElse: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await is())) {
    if (performance.now() > end) throw new Error(orElse);
    await sleep(5);
  }
}

const nextText = () => new Promise<void>(resolve => world.signs.once('text', () => resolve()));

async function ended(): Promise<string[]> {
  const database = await world.ground.open();
  try {
    const rows = await database.sql.selectFrom('message').select(['state', 'rule']).orderBy('rule').execute();
    return rows.filter(row => row.rule === 'booking-confirmation').map(row => row.state);
  } finally {
    await database.close();
  }
}

/** The other one takes over, ten minutes after the first fell asleep; then the first wakes, and does all there is to do. */
async function takenOver(sleeper: ServiceProcess): Promise<void> {
  const other = await start();
  world.clock.advance('PT3M');
  await other.told('cut-off');
  world.clock.advance('PT7M');
  await other.told('drain');
  expect(world.twilio.texts.map(text => text.to)).toEqual([ANA]);
  process.kill(sleeper.pid, 'SIGCONT');
  await sleeper.told('drain');
  world.clock.advance('PT7M');
  await sleeper.told('cut-off');
  await other.told('cut-off');
  await sleeper.told('drain');
  expect(world.twilio.texts.map(text => text.to)).toEqual([ANA]);
  expect(await ended()).toEqual(['sent']);
}

/** Two services need one server: an embedded database has one process. */
describe.each(POSTGRES ? GROUNDS.filter(([name]) => name === 'PostgreSQL') : [])(
  'a service that sleeps, on %s',
  (_, open) => {
    beforeEach(async () => {
      services = [];
      world = await openWorld(await open());
      await world.ehr.store.create(person('ana', ANA));
    });
    afterEach(async () => {
      for (const service of services) await service.kill();
      await world.close();
    });

    it('just before it sends: it wakes, and leaves it to who has sent it', async () => {
      const sleeper = await ready();
      await sleeper.told('stop-before-sending');
      world.clock.advance('PT16M');
      void sleeper.told('sweep');
      await isStopped(sleeper);
      expect(await ended()).toEqual(['sending']);
      await takenOver(sleeper);
    });

    it('while the provider has its text and has not answered: nobody sends it again', async () => {
      const sleeper = await ready();
      world.twilio.fault = 'hang-after-taking';
      world.clock.advance('PT16M');
      const text = nextText();
      void sleeper.told('sweep');
      await text;
      process.kill(sleeper.pid, 'SIGSTOP');
      await isStopped(sleeper);
      world.twilio.fault = 'none';
      await takenOver(sleeper);
    });

    it('in the middle of a transaction: the server takes back what it holds, and the other goes on', async () => {
      const sleeper = await ready();
      world.clock.advance('PT16M');
      const database = await world.ground.open();
      try {
        await database.sql.transaction().execute(async sql => {
          await sql.selectFrom('journal_head').selectAll().forUpdate().execute();
          void sleeper.told('sweep');
          await somebodyWaits(database);
          process.kill(sleeper.pid, 'SIGSTOP');
          await isStopped(sleeper);
        });
      } finally {
        await database.close();
      }
      await takenOver(sleeper);
    });
  },
);

/** Resolves when a transaction waits for a lock that another one holds. */
async function somebodyWaits({ sql }: Database): Promise<void> {
  const waiting = raw`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await until(async () => (await waiting.execute(sql)).rows.length > 0, 'Nobody waits for the journal.');
}

describe('the folder of an embedded database', () => {
  beforeEach(async () => {
    services = [];
    const [first] = GROUNDS;
    if (!first) throw new Error('There is no embedded database.');
    world = await openWorld(await first[1]());
  });
  afterEach(async () => {
    for (const service of services) await service.kill();
    await world.close();
  });

  it('has one service: a second one refuses with a sentence, until the first is dead', async () => {
    const first = await start();
    const second = await world.start();
    services.push(second);
    await expect(second.up).rejects.toThrow(`The embedded database is in use by process ${first.pid}`);
    await first.kill();
    await start();
  });
});

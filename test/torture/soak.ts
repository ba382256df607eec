import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Appointment } from '@medplum/fhirtypes';
import { sql as raw } from 'kysely';
import { plus } from '../../sync/domain/time.ts';
import type { Database } from '../../sync/store/database.ts';
import { person, visitOf } from '../support/chart.ts';
import { GROUNDS } from './ground.ts';
import { openWorld, type World } from './world.ts';

/**
 * Hours of an ordinary day, in real time: the service in a process of its own on PostgreSQL, and a desk that changes
 * something so many times a second. Each minute it prints what the service holds in memory and on disk; what does not come to rest is a leak.
 */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, 'per-second': { type: 'string', default: '20' } },
});
const MINUTES = Number(values.minutes);
const EVERY_MS = 1000 / Number(values['per-second']);
const PATIENTS = 500;

const ground = GROUNDS.find(([name]) => name === 'PostgreSQL');
if (!ground) throw new Error('Set LOOPKEEPER_TEST_POSTGRES: an embedded database cannot be looked into from outside.');

const world = await openWorld(await ground[1]());
const database = await world.ground.open();
const startOf = (n: number) => plus(world.clock.now(), `PT${72 + (n % 96)}H`);
for (let n = 0; n < PATIENTS; n += 1) {
  await world.ehr.store.create(person(`p${n}`, `+1312556${String(n).padStart(4, '0')}`));
  await world.ehr.store.create(visitOf(`v${n}`, [`p${n}`], startOf(n)));
}
const service = await world.start();
await service.up;
await service.told('poll');

let changes = 0;
let isOver = false;
const day = work(world);
say('minute', 'changes', 'texts', 'waiting', 'RSS MB', 'tables MB', 'indexes MB');
const samples: Sample[] = [];
for (let minute = 1; minute <= MINUTES; minute += 1) {
  await sleep(60_000);
  const sample = await look(database);
  samples.push(sample);
  say(minute, changes, world.twilio.texts.length, sample.waiting, sample.rss, sum(sample.tables), sum(sample.indexes));
}
isOver = true;
await day;
compare(samples);
await service.kill();
await database.close();
await world.close();

interface Sample {
  rss: number;
  /** Notifications and jobs that nobody has taken up. */
  waiting: number;
  tables: Record<string, number>;
  indexes: Record<string, number>;
}

/** Mostly what says nothing to anybody; every tenth change is a move, every fortieth calls off or takes up again. */
async function work({ ehr }: World): Promise<void> {
  let next = Date.now();
  while (!isOver) {
    const visit = (await ehr.store.read('Appointment', `v${(changes * 7) % PATIENTS}`)) as Appointment;
    changes += 1;
    await ehr.store.update(changed(visit, changes));
    next += EVERY_MS;
    await sleep(Math.max(0, next - Date.now()));
  }
}

function changed(visit: Appointment, n: number): Appointment {
  if (n % 40 === 0) return { ...visit, status: visit.status === 'booked' ? 'cancelled' : 'booked' };
  if (n % 10 !== 0) return { ...visit, comment: `Note ${n}.` };
  const start = startOf(n);
  return { ...visit, start, end: plus(start, 'PT30M') };
}

async function look({ sql }: Database): Promise<Sample> {
  const { rows } = await raw<{ name: string; data: number; index: number }>`
    select schemaname || '.' || relname as name, pg_table_size(relid)::float8 as data, pg_indexes_size(relid)::float8 as index
    from pg_stat_user_tables
  `.execute(sql);
  const counted = await raw<{ n: number }>`
    select (select count(*) from notification)::int + (select count(*) from queue.job where state < 'active')::int as n
  `.execute(sql);
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  return {
    rss: Math.round(Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1024),
    waiting: counted.rows[0]?.n ?? 0,
    tables: Object.fromEntries(rows.map(row => [row.name, row.data])),
    indexes: Object.fromEntries(rows.map(row => [row.name, row.index])),
  };
}

/** The second quarter against the last: what is warm by then, and still grows. */
function compare(all: Sample[]): void {
  const quarter = Math.max(1, Math.floor(all.length / 4));
  const [early, late] = [all.slice(quarter, 2 * quarter), all.slice(-quarter)];
  const mean = (some: Sample[], of: (one: Sample) => number) => some.reduce((n, one) => n + of(one), 0) / some.length;
  say('', 'second quarter', 'last quarter');
  say('RSS MB', ...[early, late].map(some => mean(some, one => one.rss).toFixed(0)));
  for (const name of Object.keys(all.at(-1)?.tables ?? {}).sort()) {
    const size = (some: Sample[]) => mean(some, one => (one.tables[name] ?? 0) + (one.indexes[name] ?? 0)) / 2 ** 20;
    if (size(late) > 0.5) say(name, ...[early, late].map(some => size(some).toFixed(1)));
  }
}

function sum(sizes: Record<string, number>): string {
  return (Object.values(sizes).reduce((a, b) => a + b, 0) / 2 ** 20).toFixed(1);
}

function say(...cells: (string | number)[]): void {
  console.log(cells.map((cell, i) => String(cell).padEnd(i === 0 ? 28 : 15)).join(''));
}

import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql as raw } from 'kysely';
import { connect } from '../../sync/connect.ts';
import { systemClock } from '../../sync/domain/clock.ts';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { poll } from '../../sync/reconcile/poll.ts';
import { type Database, openPostgres } from '../../sync/store/database.ts';
import { wire } from '../../sync/wire.ts';
import { ENGINES } from './engine.ts';
import { type Answer, Order } from './first-import.ts';
import { configFor, quietLog, withPolicy } from './service.ts';

/** The service as `serve` would bring it up, but without doors: connect, read everything once, say what it took. */
async function measure({ ehrUrl, mode, database: address }: ReturnType<typeof Order.parse>): Promise<void> {
  const database = await open(address);
  await withPolicy(database);
  const config = configFor(ehrUrl);
  const around = { clock: systemClock, log: quietLog(), sleep: (ms: number) => sleep(ms) };
  const connection = await connect(config, around);
  const service = wire(config, database, connection, around);
  const idleMb = peakMb();
  const began = performance.now();
  const resources = mode === 'import' ? (await poll(service)).new : await storeBare(database, connection.client);
  const ms = performance.now() - began;
  const answer: ReturnType<typeof Answer.parse> = { resources, ms, idleMb, peakMb: peakMb() };
  // Whoever gets the answer ends this process: the embedded database has to be gone by then, folder and all.
  await database.close();
  process.send?.(answer);
}

/** The system's own account of this process. On Linux `maxRSS` begins with what the parent held, which is not ours. */
function peakMb(): number {
  const ours = existsSync('/proc/self/status')
    ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    : null;
  return Number(ours?.[1] ?? process.resourceUsage().maxRSS) / 1024;
}

function open(address: string | undefined): Promise<Database> {
  if (address) return openPostgres(address);
  const embedded = ENGINES.find(engine => engine.id === 'pglite');
  if (!embedded) throw new Error('There is no embedded database.');
  return embedded.open();
}

async function storeBare({ sql }: Database, client: EhrClient): Promise<number> {
  await raw`create table bare (type text, id text, body jsonb, primary key (type, id))`.execute(sql);
  let stored = 0;
  for (const type of ['Patient', 'Appointment'])
    for await (const { entry = [] } of client.pages(`${type}?_count=500`, { fresh: true })) {
      const rows = entry.map(({ resource }) => raw`(${type}, ${resource?.id}, ${JSON.stringify(resource)})`);
      await raw`insert into bare values ${raw.join(rows)}`.execute(sql);
      stored += rows.length;
    }
  return stored;
}

process.once('message', message => void measure(Order.parse(message)));

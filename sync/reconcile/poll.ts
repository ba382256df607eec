import type { Resource } from '@medplum/fhirtypes';
import { type Cursor, cursorSchema } from '../fhir/poll/feed.ts';
import { FEEDS } from '../fhir/poll/feeds.ts';
import type { Strategy } from '../fhir/strategy.ts';
import { cursorOf, moveCursor, setBaseline } from '../store/cursor.ts';
import { inTransaction } from '../store/transaction.ts';
import { type Counts, mirror, noCounts } from './mirror.ts';
import type { Service } from './service.ts';
import { didGoBack } from './went-back.ts';

/** What we follow, in the order of a first read: people before their visits. */
export const FOLLOWED = [
  'Patient',
  'RelatedPerson',
  'Consent',
  'ServiceRequest',
  'Communication',
  'Appointment',
] as const;
export type Followed = (typeof FOLLOWED)[number];

export type Strategies = Partial<Record<Followed, Strategy>>;

/** Rows become visible behind a newer one already read: 544 ms on HAPI, 915 ms on Medplum, measured. */
const OVERLAP_MS = 60_000;

interface PollOptions {
  progress?: (type: string, seen: number) => void;
  /** `hook`: a notification that named nothing asked for it. Default `poll`. */
  how?: 'hook' | 'poll';
}

/** Asks the EHR what changed since last time, for every type that can be asked. Throws EhrError. */
export async function poll(service: Service, options: PollOptions = {}): Promise<Counts> {
  const total = noCounts();
  for (const type of FOLLOWED) {
    const strategy = service.connection.strategies[type];
    if (!strategy || strategy.feed === 'none') continue;
    const counts = await pollType(service, type, strategy, options);
    for (const word of Object.keys(total) as (keyof Counts)[]) total[word] += counts[word];
  }
  // A page may be old, so `older` says nothing here.
  if (total['set-back'] > 0) await didGoBack(service);
  return total;
}

/** Has every type been read completely once? Before that, half a truth would be planned by. */
export async function isReady({ database, connection }: Service): Promise<boolean> {
  const polled = FOLLOWED.filter(type => (connection.strategies[type]?.feed ?? 'none') !== 'none');
  const rows = await database.sql
    .selectFrom('cursor')
    .select('type')
    .where('connection', '=', connection.id)
    .where('baseline_at', 'is not', null)
    .execute();
  const read = new Set(rows.map(row => row.type));
  return polled.every(type => read.has(type));
}

async function pollType(
  service: Service,
  type: Followed,
  strategy: Strategy,
  { progress, how = 'poll' }: PollOptions,
): Promise<Counts> {
  const { connection, database, clock } = service;
  const total = noCounts();
  if (strategy.feed === 'none') return total;
  const { country } = (await service.policy()).clinic;
  const held = await cursorOf(database.sql, connection.id, type);
  const imported = !held?.baseline_at;
  const isAnnounced = !imported && strategy.push !== 'none';
  const heard = isAnnounced ? { connection: connection.id, how } : undefined;
  const cursor = cursorSchema.safeParse(held?.position).data;
  const options = {
    now: clock(),
    overlapMs: OVERLAP_MS,
    profile: connection.profile,
    deletes: strategy.deletes,
    roster: await rosterFor(service, strategy),
  };
  let seen = 0;
  for await (const batch of FEEDS[strategy.feed](connection.client, type, cursor, options)) {
    const verified = await verify(service, [...batch.deleted, ...batch.suspected]);
    const resources = [...batch.resources, ...verified.found];
    const counts = await inTransaction(database.sql, async sql => {
      const found = await mirror(sql, { resources, deleted: verified.gone, imported, now: clock(), country, heard });
      if (batch.done) await keep(sql, service, type, batch.cursor, imported);
      return found;
    });
    for (const word of Object.keys(total) as (keyof Counts)[]) total[word] += counts[word];
    seen += resources.length;
    progress?.(type, seen);
  }
  return total;
}

async function keep(
  sql: Parameters<typeof moveCursor>[0],
  { connection, clock }: Service,
  type: string,
  cursor: Cursor | undefined,
  imported: boolean,
) {
  await moveCursor(sql, connection.id, type, cursor ?? null, clock());
  if (imported) await setBaseline(sql, connection.id, type, clock());
}

/** A feed that says "deleted" and a search that finds nothing only give a reason to read (law 10). */
async function verify({ connection }: Service, references: { type: string; id: string }[]) {
  const found: Resource[] = [];
  const gone: { type: string; id: string }[] = [];
  for (const reference of references) {
    const read = await connection.client.read(reference.type, reference.id);
    if (read.outcome === 'found') found.push(read.resource);
    else gone.push(reference);
  }
  return { found, gone };
}

/** Where a vendor only answers about one patient or practitioner at a time, whom to ask about. */
async function rosterFor({ connection, database }: Service, { feed }: Strategy): Promise<string[] | undefined> {
  if (feed === 'by-practitioner') return connection.practitioners;
  if (feed !== 'by-patient') return undefined;
  const known = await database.sql.selectFrom('patient').select('reference').orderBy('reference').execute();
  return [...new Set([...connection.patients, ...known.map(row => row.reference)])];
}

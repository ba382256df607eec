import type { Reference } from '../domain/facts/fact.ts';
import type { Traceparent } from '../domain/trace.ts';
import { missedEvents } from '../fhir/notification/events.ts';
import { gaps } from '../fhir/notification/gaps.ts';
import { EhrError } from '../fhir/outcome.ts';
import type { Sql } from '../store/database.ts';
import { dropHints, heardEvent, hints, hintsLater, lastEventOf } from '../store/notification.ts';
import { patientsOf } from '../store/resource.ts';
import { inTransaction } from '../store/transaction.ts';
import { reconcileMany } from './bulk.ts';
import { type Records, readRecords, takeIn } from './observe.ts';
import { FOLLOWED, isReady, poll } from './poll.ts';
import type { Service } from './service.ts';
import { didGoBack, isDoubtful } from './went-back.ts';

type Row = Awaited<ReturnType<typeof hints>>[number];

const BATCH = 100;

/** Until none is left, or one cannot be looked into. */
export async function observeAllHints(service: Service): Promise<void> {
  while ((await observeHints(service)) === BATCH);
}

/**
 * Looks into what the EHR hinted at: reads what it named, asks for the events it skipped, and polls when it only said
 * that something changed. A hint goes only after what it pointed at has been taken in. Returns how many went. Throws
 * EhrError when something could not be read now: that waits, and holds up nothing else.
 */
export async function observeHints(service: Service): Promise<number> {
  const { sql } = service.database;
  const rows = await hints(sql, service.clock(), BATCH);
  if (rows.length === 0) return 0;
  const missed = await missing(service, rows);
  const references = [...new Set([...rows.flatMap(named), ...missed.references])];
  const { failures, ...records } = await readEach(service, references);
  const heardBy = { connection: service.connection.id, how: 'hook' as const };
  const counts = await takeIn(service, { ...records, heard: heardBy, traces: tracesOf(rows) });
  if (isDoubtful(counts, records)) await didGoBack(service);
  if (missed.sweep || rows.some(row => row.type === null)) await poll(service, { how: 'hook' });
  await planFor(service, references);
  const isSeen = (row: Row) => !named(row).some(reference => failures.has(reference));
  const idsOf = (some: Row[]) => some.map(row => row.id);
  const unseen = idsOf(rows.filter(row => !isSeen(row)));
  await inTransaction(sql, async trx => {
    // Not before what was missed is known: else a crash in between would hide that anything was.
    if (failures.size === 0) for (const [id, last] of missed.heard) await heard(service, trx, id, last);
    await dropHints(trx, idsOf(rows.filter(isSeen)));
    if (unseen.length > 0) await hintsLater(trx, unseen, service.clock());
  });
  for (const failure of failures.values()) throw failure;
  return rows.length;
}

const heard = ({ connection, clock }: Service, sql: Sql, subscription: string, last: bigint) =>
  heardEvent(sql, connection.id, subscription, last, clock());

const followed: readonly string[] = FOLLOWED;
const named = ({ type, resource_id: id }: Row): Reference[] =>
  type && id && followed.includes(type) ? [`${type}/${id}`] : [];

const tracesOf = (rows: Row[]): Map<Reference, Traceparent> =>
  new Map(rows.flatMap(row => named(row).flatMap(one => (row.traceparent ? [[one, row.traceparent] as const] : []))));

/** As many as an EHR bears from one client; its own pace still holds. */
const READS_AT_ONCE = 8;

/** What this EHR will never let us look into is over; what it cannot show now is tried again. */
async function readEach(service: Service, references: Reference[]) {
  const all = { resources: [], deleted: [], unknown: false, failures: new Map<Reference, EhrError>() } as Records & {
    failures: Map<Reference, EhrError>;
  };
  const waiting = [...references];
  const readOn = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        const { resources, deleted, unknown } = await readRecords(service, [next]);
        all.resources.push(...resources);
        all.deleted.push(...deleted);
        all.unknown ||= unknown;
      } catch (error) {
        if (!(error instanceof EhrError)) throw error;
        if (error.retry === 'later') all.failures.set(next, error);
        else service.log.warn('The EHR refuses a record that it told us of.', { reference: next, code: error.code });
      }
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readOn));
  return all;
}

/** After the commit: whoever is not planned now is found by the sweep, by their generation. */
async function planFor(service: Service, references: Reference[]): Promise<void> {
  if (!(await isReady(service))) return;
  const patients = new Set<Reference>();
  for (const [type, group] of Map.groupBy(references, reference => reference.split('/')[0] ?? ''))
    for (const patient of await patientsOf(service.database.sql, type, group.map(idOf))) patients.add(patient);
  await reconcileMany(service, 'hooks', [...patients]);
}

const idOf = (reference: Reference): string => reference.split('/')[1] ?? '';

interface Missed {
  references: Reference[];
  sweep: boolean;
  heard: [subscription: string, last: bigint][];
}

/** Numbers that never came: `$events` names them, or else the poll finds them. */
async function missing(service: Service, rows: Row[]): Promise<Missed> {
  const counted = rows.filter(row => row.subscription !== null && row.event_number !== null);
  const found: Missed = { references: [], sweep: false, heard: [] };
  for (const [subscription, group] of Map.groupBy(counted, row => row.subscription ?? '')) {
    const { sql } = service.database;
    const { id, client, baseUrl, profile } = service.connection;
    const numbers = group.map(row => BigInt(row.event_number ?? 0));
    const { gap, last, reset } = gaps(await lastEventOf(sql, id, subscription), numbers);
    if (reset) found.sweep = true;
    if (gap && !reset) {
      const answer = await missedEvents(client, subscription, gap, {
        baseUrl,
        eventNumbers: profile.subscriptions.eventNumbers,
      });
      if (answer.outcome === 'sweep') found.sweep = true;
      else
        found.references.push(
          ...answer.heard.refs.filter(ref => followed.includes(ref.type)).map(ref => `${ref.type}/${ref.id}`),
        );
    }
    found.heard.push([subscription, last]);
  }
  return found;
}

import { forgetCursors } from '../store/cursor.ts';
import { record } from '../store/journal.ts';
import { doubtedResources, doubtResources } from '../store/resource.ts';
import { inTransaction } from '../store/transaction.ts';
import { readRecords, takeIn } from './observe.ts';
import { poll } from './poll.ts';
import type { Service } from './service.ts';
import { reconcileStale } from './sweep.ts';

const PAGE = 100;

/**
 * Reads everything anew, as if nothing had been read before; what the EHR no longer shows is asked for by its id (laws
 * 10, 12). What only an onlooker can know (when a visit was first seen, what patients were told) stays. Nothing is
 * planned meanwhile; afterwards the same plans follow from the same facts, and where too much would change the brake
 * holds it. A running service may poll beside it. Safe to repeat after a failure. Returns how many records were read, and how many of them are gone.
 */
export async function rebuild(
  service: Service,
  by: string,
  progress?: (type: string, seen: number) => void,
): Promise<{ read: number; gone: number }> {
  const { database, clock, connection } = service;
  // What is new would be taken for history by a first read.
  await poll(service);
  await inTransaction(database.atLeisure, async sql => {
    await doubtResources(sql);
    await forgetCursors(sql, connection.id);
    await record(sql, [{ at: clock(), who: by, what: 'rebuild' }]);
  });
  const counts = await poll(service, progress ? { progress } : {});
  const rest = await readDoubted(service);
  await reconcileStale(service, 'rebuild');
  return { read: counts.updated + counts.new + counts.restored + rest.read, gone: counts.gone + rest.gone };
}

async function readDoubted(service: Service): Promise<{ read: number; gone: number }> {
  const total = { read: 0, gone: 0 };
  for (;;) {
    const references = await doubtedResources(service.database.sql, PAGE);
    if (references.length === 0) return total;
    const records = await readRecords(service, references);
    await takeIn(service, { ...records, imported: true });
    total.read += records.resources.length;
    total.gone += records.deleted.length;
  }
}

import type { Instant } from '../domain/clock.ts';
import { isOlder } from '../domain/mirror.ts';
import { minus, plus } from '../domain/time.ts';
import { openBrakes, pullBrake } from '../store/brake.ts';
import { record } from '../store/journal.ts';
import { takeLease } from '../store/lease.ts';
import { allPatients } from '../store/patient.ts';
import { type HeldVersion, latestResources } from '../store/resource.ts';
import { inTransaction } from '../store/transaction.ts';
import type { Counts } from './mirror.ts';
import { heldOf } from './mirror-row.ts';
import type { Records } from './observe.ts';
import type { Service } from './service.ts';

/** The brake's cause when the EHR was restored from a backup: what changed since is gone from it, but not from here. */
export const WENT_BACK = 'ehr-went-back';
const LOOKED_AT = 10;
/** The newest may have been removed by hand; all of the newest are missing only from a backup. */
const AT_LEAST = 2;
/** A replica that lags behind is no restored backup. */
const SETTLED = 'PT5M';

/** A record that was read by its id just now is older than before, or unknown to the EHR. */
export const isDoubtful = (counts: Counts, { unknown }: Records): boolean =>
  counts.older + counts['set-back'] > 0 || unknown;

/**
 * One record is not what it was. Does that hold for what changed last, too? Then the EHR was restored from a backup:
 * nobody is told anything until a person has had the mirror rebuilt (law 11). Looks once a minute at most. Throws
 * EhrError when the EHR cannot be asked.
 */
export async function didGoBack(service: Service): Promise<boolean> {
  const { database, clock, connection, newId } = service;
  const now = clock();
  if ((await openBrakes(database.sql)).some(brake => brake.cause === WENT_BACK)) return true;
  const isOurs = await takeLease(database.sql, `went back ${connection.id}`, newId(), now, plus(now, 'PT1M'));
  if (!isOurs) return false;
  const latest = await latestResources(database.sql, LOOKED_AT, minus(now, SETTLED));
  let behind = 0;
  for (const row of latest) {
    const stands = await standsAs(service, row);
    if (stands === 'as-held') break;
    if (stands === 'behind') behind += 1;
  }
  if (behind < AT_LEAST) return false;
  await holdEverybody(service, behind, now);
  return true;
}

/** Deleted the usual way, it says nothing of what the EHR remembers. */
async function standsAs({ connection }: Service, row: HeldVersion): Promise<'as-held' | 'behind' | 'deleted'> {
  const read = await connection.client.read(row.type, row.id);
  if (read.outcome === 'gone') return 'deleted';
  return read.outcome === 'absent' || isOlder(heldOf(row), read.resource) ? 'behind' : 'as-held';
}

async function holdEverybody({ database, log }: Service, behind: number, at: Instant): Promise<void> {
  const brake = await inTransaction(database.sql, async sql => {
    const patients = await allPatients(sql);
    const id = await pullBrake(sql, WENT_BACK, { patients: patients.length, affected: 0, acts: {} }, patients, at);
    await record(sql, [{ at, who: 'loopkeeper', what: 'brake', detail: { cause: WENT_BACK, brake: id, behind } }]);
    return id;
  });
  log.error(
    'The EHR shows older versions than before: it seems to have been restored from a backup. Nothing is sent until `loopkeeper rebuild` has read it anew, and the brake is released.',
    { brake, behind },
  );
}

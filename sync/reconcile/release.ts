import { openBrakes, releaseBrake } from '../store/brake.ts';
import { record } from '../store/journal.ts';
import { inTransaction } from '../store/transaction.ts';
import { reconcile } from './loop.ts';
import type { Service } from './service.ts';

/** A person has looked at the dry run and lets it happen. Returns how many patients were planned. */
export async function release(service: Service, brake: number, by: string): Promise<number> {
  const { database, clock } = service;
  const held = await database.sql
    .selectFrom('patient')
    .select('reference')
    .where('brake', '=', brake)
    .orderBy('reference')
    .execute();
  await inTransaction(database.sql, async sql => {
    await releaseBrake(sql, brake, by, clock());
    await record(sql, [{ at: clock(), who: by, what: 'release', detail: { brake, patients: held.length } }]);
  });
  for (const { reference } of held) await reconcile(service, reference);
  return held.length;
}

export async function releaseAll(service: Service, by: string): Promise<number> {
  let patients = 0;
  for (const { id } of await openBrakes(service.database.sql)) patients += await release(service, id, by);
  return patients;
}

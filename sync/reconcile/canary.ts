import type { Communication } from '@medplum/fhirtypes';
import { canaryOf } from '../domain/chart/canary.ts';
import { latest, plus } from '../domain/time.ts';
import { type Canary, isDeaf, lookAtCanary } from '../fhir/subscribe/canary.ts';
import { canaryRow, keepCanary } from '../store/canary.ts';
import { takeLease } from '../store/lease.ts';
import { watchedSubscriptions } from '../store/watched-subscription.ts';
import { putIntoChart } from './put-into-chart.ts';
import type { Service } from './service.ts';
import type { HookAddress } from './subscriptions.ts';

/** The type it is of: one that we write anyway. */
export const CANARY_TYPE = 'Communication';

/**
 * Changes the canary when its time has come, and counts those that no hook announced. Only where the practice has it
 * switched on, we may write such records, and are notified of them. One instance at a time. Throws EhrError.
 */
export async function tendCanary(service: Service, address: HookAddress, instance: string): Promise<void> {
  const { connection, database, clock, log } = service;
  const { sql } = database;
  const { canary: rhythm } = connection.wishes;
  if (!rhythm.active || !isHeardOf(service, address)) return;
  const now = clock();
  if (!(await takeLease(sql, `canary ${connection.id}`, instance, now, plus(now, 'PT50S')))) return;
  const known = (await canaryRow(sql, connection.id)) ?? { key: service.newId(), judged: false, misses: 0 };
  const mended = (await watchedSubscriptions(sql, connection.id)).map(one => one.mendedAt);
  const { canary, write } = lookAtCanary(known, rhythm, latest(...mended), now);
  await keepCanary(sql, connection.id, canary);
  if (isDeaf(canary) && !isDeaf(known))
    log.warn('The EHR announces nothing, whatever it says of its Subscriptions; the poll hears of changes.', {
      misses: canary.misses,
    });
  if (write) await writeCanary(service, canary);
}

const isHeardOf = ({ connection }: Service, { secret }: HookAddress): boolean => {
  const { create, update } = connection.profile.writes;
  const push = connection.strategies[CANARY_TYPE]?.push ?? 'none';
  return Boolean(secret) && push !== 'none' && create.includes(CANARY_TYPE) && update.includes(CANARY_TYPE);
};

/** When it was written is kept first: a hook may be quicker than the answer. What could not be written proves nothing. */
async function writeCanary(service: Service, canary: Canary): Promise<void> {
  const { connection, database, clock } = service;
  const keep = (one: Canary) => keepCanary(database.sql, connection.id, one);
  const held = canary.id ? await connection.client.read(CANARY_TYPE, canary.id) : undefined;
  if (held?.outcome !== 'found') return keep(await made(service, canary));
  await keep({ ...canary, writtenAt: clock(), judged: false });
  try {
    const changed: Communication = { ...(held.resource as Communication), sent: clock() };
    const result = await connection.client.update(changed, changed.meta?.versionId ?? '');
    if (result.outcome !== 'updated') await keep(canary);
  } catch (error) {
    await keep(canary);
    throw error;
  }
}

/** Making it proves nothing, as its hook may come before we know its id: it is written, and waited for, next time. */
async function made({ connection, clock }: Service, { key }: Canary): Promise<Canary> {
  const reference = await putIntoChart(connection, canaryOf(key, clock()));
  return { key, id: reference.split('/')[1] ?? '', judged: false, misses: 0 };
}

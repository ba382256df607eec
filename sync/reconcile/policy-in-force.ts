import type { Policy } from '../domain/policy/policy.ts';
import { type DryRun, openBrakes, pullBrake, releaseBrake } from '../store/brake.ts';
import type { Database } from '../store/database.ts';
import { record } from '../store/journal.ts';
import { allPatients } from '../store/patient.ts';
import { activatePolicy, activePolicy } from '../store/policy.ts';
import { inTransaction } from '../store/transaction.ts';
import { dryRun, tooMuch } from './bulk.ts';
import type { Service } from './service.ts';

export interface PolicyInForce {
  /** Kept in memory: it is asked for inside transactions, where another connection may not exist. */
  current: () => Promise<Policy>;
  refresh: () => Promise<void>;
}

export function policyInForce({ sql }: Database): PolicyInForce {
  let held: Policy | undefined;
  const refresh = async () => {
    const row = await activePolicy(sql);
    if (row) held = row.body as Policy;
  };
  return {
    refresh,
    async current() {
      if (!held) await refresh();
      if (!held) throw new Error('No policy is in force yet: the rules have never been activated.');
      return held;
    },
  };
}

/** The brake's cause when a new version of rules or texts would change too much at once. */
export const policyCause = (version: string) => `policy ${version}`;

export type Proposal =
  | { outcome: 'in-force' | 'activated'; dryRun?: DryRun }
  | { outcome: 'braked'; brake: number; dryRun: DryRun };

/**
 * Puts a version of the rules in force if that changes little; else pulls the brake and leaves the old one in force
 * until a person releases it (law 11, TRG10). The very first version has nothing to change.
 */
export async function proposePolicy(
  service: Pick<Service, 'database' | 'clock' | 'log'>,
  proposed: { policy: Policy; version: string },
  by: string,
): Promise<Proposal> {
  const { sql } = service.database;
  const active = await activePolicy(sql);
  if (active?.version === proposed.version) return { outcome: 'in-force' };
  const patients = active ? await allPatients(sql) : [];
  const run = await dryRun(service, patients, proposed.policy);
  const cause = policyCause(proposed.version);
  if (active && tooMuch(run, patients.length, proposed.policy)) {
    const known = (await openBrakes(sql)).find(brake => brake.cause === cause);
    const brake = known?.id ?? (await pullBrake(sql, cause, run, [], service.clock()));
    service.log.warn('The new rules wait: they would change too much at once. See `loopkeeper brakes`.', {
      brake,
      ...run.acts,
    });
    return { outcome: 'braked', brake, dryRun: run };
  }
  await activate(service, proposed, by);
  return { outcome: 'activated', dryRun: run };
}

/** Every patient is planned anew by the new version, by the sweep. */
export async function activate(
  { database, clock }: Pick<Service, 'database' | 'clock'>,
  { policy, version }: { policy: Policy; version: string },
  by: string,
): Promise<void> {
  const at = clock();
  await inTransaction(database.sql, async sql => {
    await activatePolicy(sql, version, policy, by, at);
    await sql
      .updateTable('patient')
      .set(eb => ({ generation: eb('generation', '+', 1) }))
      .execute();
    for (const brake of await openBrakes(sql))
      if (brake.cause.startsWith('policy ')) await releaseBrake(sql, brake.id, by, at);
    await record(sql, [{ at, who: by, what: 'activate', detail: { version } }]);
  });
}

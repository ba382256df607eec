import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql as raw } from 'kysely';
import type { Config } from '../config.ts';
import type { Instant } from '../domain/clock.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { openDatabase } from '../open-database.ts';
import type { Database } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { migrate } from '../store/migrate.ts';
import { allPatients } from '../store/patient.ts';
import type { PlannedPatient } from './planned-patient.ts';
import type { Out } from './print.ts';

const PROGRESS = 500;

/**
 * Everybody the service knows, planned as it would plan them now; undefined while it has not read the EHR to the end.
 * Then nothing is touched: there may be no database yet, and a dry run makes none.
 */
export async function planDatabase(
  config: Config,
  policy: Policy,
  now: Instant,
  out: Out,
): Promise<PlannedPatient[] | undefined> {
  const { DATABASE_URL, LOOPKEEPER_STATE } = config.environment;
  if (!DATABASE_URL && !existsSync(join(LOOPKEEPER_STATE, 'db'))) return undefined;
  const database = await openDatabase(config);
  try {
    if (!(await hasPlanned(database))) return undefined;
    await migrate(database);
    return await planAll(database, policy, now, out);
  } finally {
    await database.close();
  }
}

/** Nobody is planned, or held by the brake, before everything was read once. */
export async function hasPlanned({ sql }: Database): Promise<boolean> {
  const { rows } = await raw<{ there: boolean }>`select to_regclass('patient') is not null as there`.execute(sql);
  if (!rows[0]?.there) return false;
  const one = await sql
    .selectFrom('patient')
    .select('reference')
    .where(eb => eb.or([eb('planned_generation', '>', 0), eb('brake', 'is not', null)]))
    .limit(1)
    .executeTakeFirst();
  return one !== undefined;
}

async function planAll({ sql }: Database, policy: Policy, now: Instant, out: Out): Promise<PlannedPatient[]> {
  const patients: PlannedPatient[] = [];
  for (const patient of await allPatients(sql)) {
    const facts = await factsOf(sql, patient);
    patients.push({ facts, plan: planFor(facts, policy, now) });
    if (patients.length % PROGRESS === 0) out.aside(`${patients.length} patients planned …`);
  }
  return patients;
}

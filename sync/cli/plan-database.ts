import type { Config } from '../config.ts';
import type { Instant } from '../domain/clock.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { openDatabase } from '../open-database.ts';
import type { Database } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { migrate } from '../store/migrate.ts';
import { allPatients } from '../store/patient.ts';
import { hasFolder, hasSchema } from './database-there.ts';
import type { PlannedPatient } from './planned-patient.ts';
import { presentOf } from './present.ts';
import type { Out } from './print.ts';

const PROGRESS = 500;

/** Everybody, and the moment they were planned for. */
export interface Known {
  patients: PlannedPatient[];
  now: Instant;
}

/**
 * Everybody the service knows, planned as it would plan them at `wanted`, or now; undefined while it has not read the
 * EHR to the end. Then nothing is touched: there may be no database yet, and a dry run makes none.
 */
export async function planDatabase(
  config: Config,
  policy: Policy,
  wanted: Instant | undefined,
  out: Out,
): Promise<Known | undefined> {
  if (!hasFolder(config)) return undefined;
  const database = await openDatabase(config);
  try {
    if (!(await hasPlanned(database))) return undefined;
    await migrate(database);
    const present = await presentOf(database.sql, policy.clinic.zone);
    if (!wanted && present.note) out.aside(present.note);
    const now = wanted ?? present.now;
    return { patients: await planAll(database, policy, now, out), now };
  } finally {
    await database.close();
  }
}

/** Nobody is planned, or held by the brake, before everything was read once. */
export async function hasPlanned(database: Database): Promise<boolean> {
  if (!(await hasSchema(database))) return false;
  const one = await database.sql
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

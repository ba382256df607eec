import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { type DryRun, pullBrake } from '../store/brake.ts';
import { factsOf } from '../store/facts.ts';
import { record } from '../store/journal.ts';
import { reconcile } from './loop.ts';
import type { Service } from './service.ts';

/** What reaches patients, or stops reaching them. Tasks are for staff, and pull no brake. */
const WEIGHTY: Change['act'][] = ['create', 'revise', 'revive', 'withdraw'];

/** What reconciling these patients under this policy would do, without doing it. Reads only our own tables. */
export async function dryRun(
  service: Pick<Service, 'database' | 'clock'>,
  patients: Reference[],
  policy: Policy,
): Promise<DryRun> {
  const acts: Record<string, number> = {};
  let affected = 0;
  for (const patient of patients) {
    const facts = await factsOf(service.database.sql, patient);
    const changes = diff(planFor(facts, policy, service.clock()), facts, service.clock());
    for (const { act } of changes) acts[act] = (acts[act] ?? 0) + 1;
    if (changes.some(({ act }) => WEIGHTY.includes(act))) affected += 1;
  }
  return { patients: patients.length, affected, acts };
}

/** Too much at once, by number or by share of all patients (law 11). */
export function tooMuch({ acts, affected }: DryRun, everybody: number, { clinic }: Policy): boolean {
  const weight = WEIGHTY.reduce((sum, act) => sum + (acts[act] ?? 0), 0);
  const { count, share } = clinic.brake;
  return weight > count || (affected > SMALL && affected / Math.max(everybody, 1) > share);
}

/** A share says nothing about a handful of patients. */
const SMALL = 10;

/** Reconciles many at once, or, when that would say too much, pulls the brake and waits for a person. */
export async function reconcileMany(
  service: Service,
  cause: string,
  patients: Reference[],
): Promise<{ brake?: number }> {
  const policy = await service.policy();
  if (patients.length > SMALL) {
    const { sql } = service.database;
    const everybody = await sql
      .selectFrom('patient')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    const run = await dryRun(service, patients, policy);
    if (tooMuch(run, Number(everybody.n), policy)) return { brake: await brake(service, cause, run, patients) };
  }
  for (const patient of patients) await reconcile(service, patient);
  return {};
}

async function brake(
  { database, clock, log }: Service,
  cause: string,
  run: DryRun,
  patients: Reference[],
): Promise<number> {
  const at = clock();
  const id = await database.sql.transaction().execute(async sql => {
    const brakeId = await pullBrake(sql, cause, run, patients, at);
    await record(sql, [{ at, who: 'loopkeeper', what: 'brake', detail: { cause, brake: brakeId, ...run } }]);
    return brakeId;
  });
  log.warn('The brake is on: this would change too much at once. Look at `loopkeeper brakes`.', {
    cause,
    brake: id,
    ...run.acts,
  });
  return id;
}

import type { Instant } from '../domain/clock.ts';
import type { Reference } from '../domain/facts/fact.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { traced } from '../domain/trace.ts';
import { type DryRun, pullBrake } from '../store/brake.ts';
import type { Sql } from '../store/database.ts';
import { factsOfAll } from '../store/facts.ts';
import { isTroubled, isUp } from '../store/is-up.ts';
import { record } from '../store/journal.ts';
import { inTransaction } from '../store/transaction.ts';
import { type Replanned, reconcileTogether } from './loop.ts';
import type { Service } from './service.ts';

/** What reaches patients, or stops reaching them. Tasks are for staff, and pull no brake. */
const WEIGHTY: Change['act'][] = ['create', 'revise', 'revive', 'withdraw'];

/** What reconciling these patients under this policy would do, without doing it. Reads only our own tables. */
export async function dryRun(
  service: Pick<Service, 'database' | 'clock'>,
  patients: Reference[],
  policy: Policy,
): Promise<DryRun> {
  const now = service.clock();
  const plans: Replanned[] = [];
  for (const some of inGroups(patients))
    for (const facts of await factsOfAll(service.database.sql, some))
      plans.push({ patient: facts.reference, changes: changesOf(facts, policy, now) });
  return runOf(plans);
}

/** Who cannot be planned is told nothing, and stands in the log when it is done in earnest. */
function changesOf(facts: PatientFacts, policy: Policy, now: Instant): Change[] {
  try {
    return diff(planFor(facts, policy, now), facts, now);
  } catch {
    return [];
  }
}

function runOf(plans: Replanned[]): DryRun {
  const acts = actsOf(plans.flatMap(plan => plan.changes));
  const affected = plans.filter(({ changes }) => changes.some(({ act }) => WEIGHTY.includes(act))).length;
  return { patients: plans.length, affected, acts };
}

function actsOf(changes: Change[]): Record<string, number> {
  const acts: Record<string, number> = {};
  for (const { act } of changes) acts[act] = (acts[act] ?? 0) + 1;
  return acts;
}

/** Few enough for one transaction: nobody waits long for one of them. */
const TOGETHER = 100;

const inGroups = (patients: Reference[]): Reference[][] =>
  Array.from({ length: Math.ceil(patients.length / TOGETHER) }, (_, i) =>
    patients.slice(i * TOGETHER, (i + 1) * TOGETHER),
  );

/** Too much at once, by number or by share of all patients (law 11). */
export function tooMuch({ acts, affected }: DryRun, everybody: number, { clinic }: Policy): boolean {
  const weight = WEIGHTY.reduce((sum, act) => sum + (acts[act] ?? 0), 0);
  const { count, share } = clinic.brake;
  return weight > count || (affected > SMALL && affected / Math.max(everybody, 1) > share);
}

/** A share says nothing about a handful of patients. */
const SMALL = 10;

/**
 * Reconciles many at once, or, when that would say too much, pulls the brake and waits for a person. Whoever cannot be
 * planned stops nobody else, stands in the log, and is tried again by every sweep. Returns how many were planned.
 */
export async function reconcileMany(
  service: Service,
  cause: string,
  patients: Reference[],
): Promise<{ brake?: number; planned: number }> {
  const stop = async (run: DryRun) => ({ brake: await brake(service, cause, run, patients), planned: 0 });
  const policy = await service.policy();
  const groups = inGroups(patients);
  try {
    if (groups.length > 1) await refuseTooMuch(service.database.sql, await dryRun(service, patients, policy), policy);
    // A dry run costs as much as the run itself: what fits into one transaction is done, and undone if it was too much.
    const veto = groups.length > 1 ? undefined : (sql: Sql, run: DryRun) => refuseTooMuch(sql, run, policy);
    let planned = 0;
    for (const group of groups) planned += await reconcileGroup(service, group, veto);
    return { planned };
  } catch (error) {
    if (error instanceof TooMuch) return stop(error.run);
    throw error;
  }
}

type Veto = (sql: Sql, run: DryRun) => Promise<void>;

async function reconcileGroup(service: Service, patients: Reference[], veto?: Veto): Promise<number> {
  try {
    const plans = await reconcileTogether(service, patients, veto && ((sql, plans) => veto(sql, runOf(plans))));
    for (const plan of plans) logChanges(service, plan);
    // What is due already need not wait for the next sweep.
    await Promise.all(dueNow(plans, service.clock()).map(key => service.ask('deliver', key)));
    return patients.length;
  } catch (error) {
    if (error instanceof TooMuch || isTroubled(error) || !(await isUp(service.database))) throw error;
    // What failed may have failed before it was weighed.
    if (veto) await veto(service.database.sql, await dryRun(service, patients, await service.policy()));
    if (patients.length > 1) return eachAlone(service, patients);
    const name = error instanceof Error ? error.name : 'unknown';
    service.log.error('A patient could not be planned.', { patient: patients[0], error: name });
    return 0;
  }
}

function logChanges({ log }: Service, { patient, changes, traceparent }: Replanned): void {
  if (changes.length === 0) return;
  log.info('A plan changed.', { patient, ...actsOf(changes), ...traced(traceparent) });
}

const dueNow = (plans: Replanned[], now: Instant): string[] =>
  plans
    .flatMap(plan => plan.changes)
    .flatMap(change => ('message' in change && change.message.sendAt <= now ? [change.message.key] : []));

async function eachAlone(service: Service, patients: Reference[]): Promise<number> {
  let planned = 0;
  for (const patient of patients) planned += await reconcileGroup(service, [patient]);
  return planned;
}

class TooMuch extends Error {
  readonly run: DryRun;
  constructor(run: DryRun) {
    super('This would change too much at once.');
    this.run = run;
  }
}

async function refuseTooMuch(sql: Sql, run: DryRun, policy: Policy): Promise<void> {
  if (run.patients <= SMALL) return;
  const query = sql.selectFrom('patient').select(eb => eb.fn.countAll<number>().as('n'));
  if (tooMuch(run, Number((await query.executeTakeFirstOrThrow()).n), policy)) throw new TooMuch(run);
}

async function brake(
  { database, clock, log }: Service,
  cause: string,
  run: DryRun,
  patients: Reference[],
): Promise<number> {
  const at = clock();
  const id = await inTransaction(database.sql, async sql => {
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

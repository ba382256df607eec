import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { activate } from '../reconcile/policy-in-force.ts';
import type { Database } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { allPatients } from '../store/patient.ts';
import { activePolicy } from '../store/policy.ts';
import { withDatabase } from './open.ts';
import { policyChanges } from './policy-changes.ts';
import { policyOf } from './policy-of.ts';
import { presentOf } from './present.ts';
import { counts, type Out, tally } from './print.ts';

export const runDiff = (options: { list?: boolean }, out: Out): Promise<void> =>
  withDatabase(database => compare(database, options, out), { mustExist: true });

/** Who gains, loses or gets different words (K1, TRG12): both versions planned on the same facts. */
export async function compare(database: Database, { list }: { list?: boolean }, out: Out): Promise<void> {
  const { policy, version } = policyOf(readConfig());
  const active = await activePolicy(database.sql);
  if (active?.version === version) return out.line('The files are what is in force.');
  const { now, note } = await presentOf(database.sql, policy.clinic.zone);
  if (note) out.aside(note);
  const changes: { patient: string; change: Change }[] = [];
  for (const patient of await allPatients(database.sql)) {
    const facts = await factsOf(database.sql, patient);
    for (const change of diff(planFor(facts, policy, now), facts, now)) changes.push({ patient, change });
  }
  const changed = active ? policyChanges(active.body as Policy, policy).join(', ') : 'the first';
  out.line(`Version ${version} instead of ${active?.version ?? 'none'}: ${changed || 'nothing that decides'}.`);
  const byRule = Map.groupBy(changes, ({ change }) => ruleOf(change));
  if (byRule.size === 0) out.line('Nobody gains, loses or gets different words.');
  for (const [rule, those] of byRule) {
    out.line(`  ${rule}: ${counts(tally(those.map(one => one.change.act)))}`);
    if (list) for (const { patient, change } of those) out.line(`    ${patient}: ${change.act}`);
  }
}

const ruleOf = (change: Change): string =>
  ('message' in change ? change.message.rule : 'task' in change ? change.task.rule : change.key.split('|')[1]) ?? '';

export async function runActivate(out: Out): Promise<void> {
  const loaded = policyOf(readConfig());
  await withDatabase(database => activate({ database, clock: systemClock }, loaded, 'administrator'));
  out.line(`Version ${loaded.version} is in force. Every patient is planned anew by the next sweep.`);
}

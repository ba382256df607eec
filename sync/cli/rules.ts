import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { type Change, diff } from '../domain/plan/diff.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { lintText } from '../domain/text/lint.ts';
import { termsOf } from '../reconcile/compiled.ts';
import { activate } from '../reconcile/policy-in-force.ts';
import type { Database } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { allPatients } from '../store/patient.ts';
import { activePolicy } from '../store/policy.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { withDatabase } from './open.ts';
import { policyOf } from './policy-of.ts';
import { counts, type Out, plural, tally } from './print.ts';

/** Loading finds what is malformed or leads nowhere; linting finds what a text would do to its reader. */
export function runCheck(out: Out): void {
  const { policy, version } = policyOf(readConfig());
  const terms = termsOf(policy);
  const findings = Object.values(policy.texts).flatMap(text =>
    lintText(text, terms).map(finding => ({ text, finding })),
  );
  for (const { text, finding } of findings)
    out.line(`mappings/texts/${text.id}.yaml: ${finding.path}: ${finding.sentence}`);
  const active = policy.rules.filter(rule => rule.active);
  out.line(
    `${plural(policy.rules.length, 'rule')}, ${active.length} of them active; ${plural(Object.keys(policy.texts).length, 'text')}; version ${version}.`,
  );
  if (findings.length > 0) throw new Failure(`${plural(findings.length, 'finding')} in the texts.`, EXIT.attention);
  out.line('Nothing is wrong with them.');
}

export const runDiff = (options: { list?: boolean }, out: Out): Promise<void> =>
  withDatabase(database => compare(database, options, out));

/** Who gains, loses or gets different words (K1, TRG12): both versions planned on the same facts. */
export async function compare(database: Database, { list }: { list?: boolean }, out: Out): Promise<void> {
  const { policy, version } = policyOf(readConfig());
  const active = await activePolicy(database.sql);
  if (active?.version === version) return out.line('The files are what is in force.');
  const changes: { patient: string; change: Change }[] = [];
  for (const patient of await allPatients(database.sql)) {
    const facts = await factsOf(database.sql, patient);
    for (const change of diff(planFor(facts, policy, systemClock()), facts, systemClock()))
      changes.push({ patient, change });
  }
  out.line(
    `Version ${version} instead of ${active?.version ?? 'none'}: ${rulesChanged(active?.body as Policy | undefined, policy)}`,
  );
  const byRule = Map.groupBy(changes, ({ change }) => ruleOf(change));
  if (byRule.size === 0) out.line('Nobody gains, loses or gets different words.');
  for (const [rule, those] of byRule) {
    out.line(`  ${rule}: ${counts(tally(those.map(one => one.change.act)))}`);
    if (list) for (const { patient, change } of those) out.line(`    ${patient}: ${change.act}`);
  }
}

const ruleOf = (change: Change): string =>
  ('message' in change ? change.message.rule : 'task' in change ? change.task.rule : change.key.split('|')[1]) ?? '';

function rulesChanged(before: Policy | undefined, after: Policy): string {
  if (!before) return 'the first.';
  const changed = after.rules.filter(
    rule => JSON.stringify(rule) !== JSON.stringify(before.rules.find(old => old.id === rule.id)),
  );
  const texts = Object.values(after.texts).filter(
    text => JSON.stringify(text) !== JSON.stringify(before.texts[text.id]),
  );
  const named = [...changed.map(rule => `rule ${rule.id}`), ...texts.map(text => `text ${text.id}`)];
  return named.length > 0 ? `${named.join(', ')}.` : 'other data of the practice.';
}

export async function runActivate(out: Out): Promise<void> {
  const loaded = policyOf(readConfig());
  await withDatabase(database => activate({ database, clock: systemClock }, loaded, 'administrator'));
  out.line(`Version ${loaded.version} is in force. Every patient is planned anew by the next sweep.`);
}

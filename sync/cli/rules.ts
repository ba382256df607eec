import type { Command } from 'commander';
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
import { Failure, policyOf, withDatabase } from './open.ts';
import { counts, type Out, plural, terminal } from './print.ts';

export function rulesCommand(program: Command): void {
  const rules = program.command('rules').description("The practice's rules and texts");
  rules
    .command('check')
    .description('Every mistake in mappings/, with file and line')
    .action(() => check(terminal));
  rules
    .command('diff')
    .description('What the files would change against the version in force')
    .option('--list', 'name the patients')
    .action((options: { list?: boolean }) => withDatabase(database => compare(database, options, terminal)));
  rules
    .command('activate')
    .description('Put the files in force, after the diff was looked at')
    .requiredOption('--yes', 'yes, I have looked at `rules diff`')
    .action(() => withDatabase(database => putInForce(database, terminal)));
}

/** Loading finds what is malformed or leads nowhere; linting finds what a text would do to its reader. */
export function check(out: Out): void {
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

/** Who gains, loses or gets different words (K1, TRG12): both versions planned on the same facts. */
async function compare(database: Database, { list }: { list?: boolean }, out: Out): Promise<void> {
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
    const acts = Object.fromEntries(
      [...Map.groupBy(those, one => one.change.act)].map(([act, some]) => [act, some.length]),
    );
    out.line(`  ${rule}: ${counts(acts)}`);
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

async function putInForce(database: Database, out: Out): Promise<void> {
  const loaded = policyOf(readConfig());
  await activate({ database, clock: systemClock }, loaded, 'administrator');
  out.line(`Version ${loaded.version} is in force. Every patient is planned anew by the next sweep.`);
}

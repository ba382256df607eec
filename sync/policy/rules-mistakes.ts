import type { Policy } from '../domain/policy/policy.ts';
import type { Rule } from '../domain/policy/rule.ts';
import type { LoadedFile, Mistake } from './load-yaml.ts';

/** What no single file can get wrong: names that lead nowhere, and rules that may not be on yet. */
export function rulesMistakes(files: LoadedFile<Rule>[], policy: Policy): Mistake[] {
  const { answersPatients, owners } = policy.clinic;
  if (!owners[answersPatients])
    return [
      {
        file: 'clinic.yaml',
        line: 1,
        column: 1,
        path: 'answersPatients',
        sentence: `\`${answersPatients}\` is not among the owners.`,
      },
    ];
  return files.flatMap(({ file, value: rule }) =>
    [...contradictions(rule, policy)].map(([path, sentence]) => ({ file, line: 1, column: 1, path, sentence })),
  );
}

function* contradictions(rule: Rule, { clinic, rules, texts }: Policy): Generator<[path: string, sentence: string]> {
  if (rule.active && rule.needsTriage)
    yield [
      'active',
      'This rule invites answers that may be urgent; it cannot be switched on before inbound triage exists.',
    ];
  if (rule.of && !rules.some(other => other.id === rule.of)) yield ['of', `There is no rule \`${rule.of}\`.`];
  const owners = [rule.owner, rule.escalation.task.owner, ...rule.steps.flatMap(step => step.task?.owner ?? [])];
  for (const owner of new Set(owners))
    if (!clinic.owners[owner]) yield ['owner', `\`${owner}\` is not among the owners in clinic.yaml.`];
  for (const text of new Set(rule.steps.flatMap(textsOf)))
    if (!texts[text]) yield ['steps', `There is no text \`${text}\` in mappings/texts.`];
}

const textsOf = ({ message }: Rule['steps'][number]): string[] => {
  if (!message) return [];
  const { text, telehealthText, confirmedText, byChange } = message;
  return [text, telehealthText, confirmedText, ...Object.values(byChange ?? {})].filter(t => t !== undefined);
};

import type { Policy } from '../../sync/domain/policy/policy.ts';
import { Rule } from '../../sync/domain/policy/rule.ts';
import { loadPolicy } from '../../sync/policy/load-policy.ts';
import { formatMistakes } from '../../sync/policy/load-yaml.ts';

let loaded: Policy | undefined;

/** The shipped rules, texts and words, read once per test file. */
export function shippedPolicy(): Policy {
  if (loaded) return loaded;
  const policy = loadPolicy('mappings');
  if ('mistakes' in policy) throw new Error(formatMistakes(policy.mistakes));
  loaded = policy.policy;
  return loaded;
}

/** The shipped clinic and texts with these rules only. */
export const policyOf = (...rules: Rule[]): Policy => ({ ...shippedPolicy(), rules });

export const withClinic = (policy: Policy, changes: Partial<Policy['clinic']>): Policy => ({
  ...policy,
  clinic: { ...policy.clinic, ...changes },
});

export function shippedRule(id: string, changes: Partial<Rule> = {}): Rule {
  const rule = shippedPolicy().rules.find(one => one.id === id);
  if (!rule) throw new Error(`There is no rule ${id}.`);
  return { ...rule, active: true, ...changes };
}

const TASK = {
  code: 'somebody-take-over',
  owner: 'front-desk',
  priority: 'routine',
  due: 'P1D',
  says: 'Somebody has to look at the visit on {{visit}}.',
} as const;

/** A rule that says `reminder` at the start of its occasion, changed as a case needs it; checked as if from a file. */
export const ruleOf = (changes: Partial<Rule> & Pick<Rule, 'trigger'>): Rule =>
  Rule.parse({
    id: 'rule',
    name: 'A rule of a test',
    description: 'It exists for one case of one table.',
    purpose: 'reminder',
    goal: { says: 'The case holds', figure: 'cases' },
    owner: 'front-desk',
    active: true,
    steps: [
      {
        id: 'message',
        when: changes.trigger === 'visit-upcoming' ? { before: 'PT24H' } : { after: 'PT0S' },
        useFor: 'P1D',
        message: { text: 'reminder' },
      },
    ],
    stop: ['visit-started'],
    escalation: { after: 'P1D', on: ['silence'], task: TASK },
    ...changes,
  });

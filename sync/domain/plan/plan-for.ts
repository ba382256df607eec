import type { Instant } from '../clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rule } from '../policy/rule.ts';
import { earliest } from '../time.ts';
import { type Anchor, anchorsOf } from './anchors.ts';
import { type Context, contextOf } from './context.ts';
import { planEscalation } from './escalation.ts';
import type { PatientFacts } from './facts.ts';
import { planMessage } from './message.ts';
import type { Plan } from './plan.ts';
import { holds, inPilot } from './predicates.ts';
import { stopped } from './stops.ts';
import { planTask } from './task.ts';
import { isFuture } from './visit.ts';

/**
 * What should be so now for one patient: every message to say, every Task to open, and for everything else the
 * reason. Pure: the same facts, policy and now give the same plan, however often it runs (laws 1, 9, 15).
 */
export function planFor(facts: PatientFacts, policy: Policy, now: Instant): Plan {
  const context = contextOf(facts, policy, now);
  const plan: Plan = { messages: [], tasks: [], notPlanned: [], lookAgainAt: firstStart(context) };
  for (const rule of inOrder(policy.rules)) {
    for (const anchor of anchorsOf(rule, context)) planOccasion(rule, anchor, context, plan);
  }
  return plan;
}

/** Tellings of what is new come first: a reminder looks at them and stands down when it would only repeat them. */
const inOrder = (rules: Rule[]): Rule[] => [...rules].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id));
const rank = ({ trigger }: Rule) => (trigger === 'visit-booked' ? 0 : trigger === 'visit-changed' ? 1 : 2);

function planOccasion(rule: Rule, occasion: Anchor, context: Context, plan: Plan): void {
  const key = (suffix: string) => keyOf(context.facts.reference, rule, occasion, suffix);
  const about = occasion.visits[0]?.reference ?? context.facts.reference;
  const matching = occasion.visits.filter(visit => holds(rule.if, visit, context));
  const piloted = matching.filter(visit => inPilot(rule, visit, context));
  const anchor = { ...occasion, visits: piloted };
  const reason = !rule.active
    ? 'rule-off'
    : matching.length === 0
      ? 'rule-not-matching'
      : piloted.length === 0
        ? 'not-in-pilot'
        : stopped(rule, anchor, context);
  for (const step of rule.steps) {
    const stepKey = key(rule.steps.length > 1 ? `#${step.id}` : '');
    if (reason) plan.notPlanned.push({ key: stepKey, rule: rule.id, step: step.id, about, reason });
    else if (!anchor.visits.every(visit => holds(step.if, visit, context)))
      plan.notPlanned.push({ key: stepKey, rule: rule.id, step: step.id, about, reason: 'rule-not-matching' });
    else {
      if (step.message) planMessage({ rule, step, anchor, key: stepKey, context, plan });
      if (step.task)
        planTask({ rule, task: step.task, when: step.when, anchor, key: `${stepKey}#task`, context, plan });
    }
  }
  if (!reason) planEscalation({ rule, anchor, key, context, plan });
}

/** `patient|rule|anchor`, and a rung where a rule has several (law 2). */
const keyOf = (patient: string, rule: Rule, anchor: Anchor, suffix: string) =>
  `${patient}|${rule.id}|${anchor.id}${suffix}`;

/** When the next visit begins, what was still to be said or done about it ends. */
const firstStart = ({ visits, now }: Context): Instant | undefined =>
  earliest(
    ...visits
      .filter(visit => visit.phase === 'booked')
      .map(visit => visit.mirrored.fact.start)
      .filter(start => isFuture(start, now)),
  );

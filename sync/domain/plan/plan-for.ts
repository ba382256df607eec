import type { Instant } from '../clock.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { byText, earliest } from '../time.ts';
import { type Anchor, anchorsOf } from './anchors.ts';
import { type Context, contextOf, type Visit } from './context.ts';
import { planDoubleBookings } from './double-booking.ts';
import { planEscalation, spokenAnchors } from './escalation.ts';
import { explainWithdrawals } from './explain-withdrawals.ts';
import type { PatientFacts } from './facts.ts';
import { keyOf } from './key.ts';
import { planLanguageTask } from './language-task.ts';
import { planMessage } from './message.ts';
import type { Plan } from './plan.ts';
import { holds, inPilot } from './predicates.ts';
import { stopped } from './stops.ts';
import { planTask } from './task.ts';
import { nextTurn } from './turns.ts';
import { planUnsureVisits } from './unsure-visits.ts';

/**
 * What should be so now for one patient: every message to say, every Task to open, and for everything else the
 * reason. Pure: the same facts, policy and now give the same plan, however often it runs (laws 1, 9, 15).
 */
export function planFor(facts: PatientFacts, policy: Policy, now: Instant): Plan {
  const context = contextOf(facts, policy, now);
  const plan: Plan = { messages: [], tasks: [], notPlanned: [] };
  for (const rule of inOrder(policy.rules)) {
    const anchors = anchorsOf(rule, context);
    for (const anchor of anchors) planOccasion(rule, anchor, context, plan);
    for (const anchor of spokenAnchors(rule, anchors, context)) planAftermath(rule, anchor, context, plan);
  }
  planLanguageTask(context, plan);
  planDoubleBookings(context, plan);
  planUnsureVisits(context, plan);
  explainWithdrawals(plan, context);
  plan.lookAgainAt = earliest(plan.lookAgainAt, nextTurn(context));
  return plan;
}

/** Tellings of what is new come first: a reminder looks at them and stands down when it would only repeat them. */
const inOrder = (rules: Rule[]): Rule[] => [...rules].sort((a, b) => rank(a) - rank(b) || byText(a.id, b.id));
const rank = ({ trigger }: Rule) => (trigger === 'visit-booked' ? 0 : trigger === 'visit-changed' ? 1 : 2);

function planOccasion(rule: Rule, occasion: Anchor, context: Context, plan: Plan): void {
  const chain = keyOf(context.facts.reference, rule.id, occasion.id);
  const about = occasion.visits[0]?.reference ?? context.facts.reference;
  const matching = occasion.visits.filter(visit => holds(rule.if, visit, context, chain));
  const piloted = matching.filter(visit => inPilot(rule, visit, context));
  const anchor = { ...occasion, visits: piloted };
  const reason = whyNot(rule, anchor, matching, context);
  for (const step of rule.steps) {
    // Named by the step, so that a chain that gains a step repeats none.
    const key = `${chain}#${step.id}`;
    const refused =
      reason ?? (anchor.visits.every(visit => holds(step.if, visit, context, chain)) ? undefined : 'rule-not-matching');
    if (refused) {
      plan.notPlanned.push({ key, rule: rule.id, step: step.id, about, reason: refused });
      continue;
    }
    if (step.message) planMessage({ rule, step, anchor, key, context, plan });
    if (step.task) planTask({ rule, task: step.task, when: step.when, anchor, key: `${key}#task`, context, plan });
  }
  if (!reason) planEscalation({ rule, anchor, chain, context, plan });
}

function whyNot(rule: Rule, anchor: Anchor, matching: Visit[], context: Context): Reason | undefined {
  if (!rule.active) return 'rule-off';
  if (context.never) return context.never;
  if (matching.length === 0) return 'rule-not-matching';
  if (anchor.visits.length === 0) return 'not-in-pilot';
  return stopped(rule, anchor, context) ?? anchor.off;
}

/** Once told, a booking or a change is no longer an occasion, yet somebody must take over when nobody was reached. */
function planAftermath(rule: Rule, anchor: Anchor, context: Context, plan: Plan): void {
  if (!rule.active || context.never || stopped(rule, anchor, context)) return;
  planEscalation({ rule, anchor, chain: keyOf(context.facts.reference, rule.id, anchor.id), context, plan });
}

import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { earliest, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context } from './context.ts';
import type { MessageFact } from './facts.ts';
import type { Plan } from './plan.ts';
import { openTask } from './task.ts';

/** Outcomes after which only a person can reach this patient. An opt-out is not one: it is the patient's wish. */
const UNREACHED: MessageFact['state'][] = ['failed', 'unknown'];

interface Chain {
  rule: Rule;
  anchor: Anchor;
  key: (suffix: string) => string;
  context: Context;
  plan: Plan;
}

/** The person who takes over: after silence, or when the message could not be delivered (law 9, TRG7). */
export function planEscalation({ rule, anchor, key, context, plan }: Chain): void {
  const { facts, now } = context;
  const { escalation } = rule;
  const prefix = key('');
  const ours = facts.messages.filter(message => message.key === prefix || message.key.startsWith(`${prefix}#`));
  const task = (suffix: string, opensAt: string, reason?: Reason) =>
    openTask({ rule, task: escalation.task, opensAt, anchor, key: key(suffix), context, plan, reason });
  const lost = ours.find(message => UNREACHED.includes(message.state));
  if (lost && escalation.on.includes('undeliverable'))
    task('#undelivered', lost.sentAt ?? now, lost.state === 'unknown' ? 'outcome-unknown' : 'undeliverable');
  const last = ours
    .filter(message => ['sent', 'delivered'].includes(message.state))
    .sort(bySending)
    .at(-1);
  if (!last?.sentAt || !escalation.on.includes('silence') || !isLastStep(rule, last)) return;
  const silentSince = last.sentAt;
  if (facts.heardAt.some(at => at >= silentSince)) return;
  const opensAt = plus(silentSince, escalation.after);
  if (opensAt <= now) task('#silence', opensAt);
  else plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
}

const bySending = (a: MessageFact, b: MessageFact) => (a.sentAt ?? '').localeCompare(b.sentAt ?? '');

const isLastStep = (rule: Rule, message: MessageFact) => rule.steps.findLast(step => step.message)?.id === message.step;

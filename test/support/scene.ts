import type { Instant } from '../../sync/domain/clock.ts';
import type { MessageFact, MessageState, PatientFacts } from '../../sync/domain/plan/facts.ts';
import type { Plan, PlannedMessage } from '../../sync/domain/plan/plan.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import { sent } from './facts.ts';
import { shippedPolicy } from './policy.ts';

/** Monday noon in Chicago; the visits of the tables are on Friday at ten. */
export const NOON: Instant = '2026-11-23T18:00:00.000Z';
export const FRIDAY: Instant = '2026-11-27T16:00:00.000Z';
export const THURSDAY: Instant = '2026-11-26T16:00:00.000Z';
export const LAST_WEEK: Instant = '2026-11-18T16:00:00.000Z';

export const messageOf = (plan: Plan, rule: string): PlannedMessage | undefined =>
  plan.messages.find(message => message.rule === rule);

export const reasonOf = (plan: Plan, rule: string) => plan.notPlanned.find(one => one.rule === rule)?.reason;

export const taskOf = (plan: Plan, rule: string, code?: string) =>
  plan.tasks.find(task => task.rule === rule && (code === undefined || task.code === code));

/** The message a rule plans for these facts, as it is once it has left. */
export function gone(
  facts: PatientFacts,
  rule: string,
  at: Instant,
  state: MessageState = 'sent',
  policy: Policy = shippedPolicy(),
): MessageFact {
  return sent(messageOf(planFor(facts, policy, at), rule), at, state);
}

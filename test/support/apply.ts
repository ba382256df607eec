import type { Instant } from '../../sync/domain/clock.ts';
import { type Change, diff } from '../../sync/domain/plan/diff.ts';
import type { MessageFact, PatientFacts, TaskFact } from '../../sync/domain/plan/facts.ts';
import { planFor } from '../../sync/domain/plan/plan-for.ts';
import type { Policy } from '../../sync/domain/policy/policy.ts';
import type { Reason } from '../../sync/domain/reasons.ts';

/** What the store does with changes, in memory: the same collisions, the same states that give way. */
export function apply(facts: PatientFacts, changes: Change[]): PatientFacts {
  const messages = new Map(facts.messages.map(row => [row.key, row]));
  const tasks = new Map(facts.tasks.map(row => [row.key, row]));
  for (const change of changes) applyOne(change, messages, tasks);
  return { ...facts, messages: [...messages.values()], tasks: [...tasks.values()] };
}

function applyOne(change: Change, messages: Map<string, MessageFact>, tasks: Map<string, TaskFact>): void {
  switch (change.act) {
    case 'create':
      if (messages.has(change.message.key)) throw new Error(`Created twice: ${change.message.key}`);
      messages.set(change.message.key, { ...change.message, state: 'planned' });
      return;
    case 'revise':
    case 'revive':
      messages.set(change.message.key, { ...change.message, state: 'planned' });
      return;
    case 'withdraw':
    case 'expire':
      end(messages, change.key, change.act === 'expire' ? 'expired' : 'withdrawn', change.reason);
      return;
    case 'open':
    case 'reword':
      tasks.set(change.task.key, { ...change.task, state: 'open', changedAt: change.task.opensAt });
      return;
    case 'close': {
      const task = tasks.get(change.key);
      if (task) tasks.set(change.key, { ...task, state: 'withdrawn', reason: change.reason });
    }
  }
}

function end(messages: Map<string, MessageFact>, key: string, state: 'withdrawn' | 'expired', reason: Reason): void {
  const row = messages.get(key);
  if (row) messages.set(key, { ...row, state, reason });
}

/** Plans, applies, and says what changed. */
export function settle(facts: PatientFacts, policy: Policy, now: Instant) {
  const plan = planFor(facts, policy, now);
  const changes = diff(plan, facts, now);
  return { plan, changes, facts: apply(facts, changes) };
}

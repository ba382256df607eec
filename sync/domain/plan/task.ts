import type { Instant } from '../clock.ts';
import type { Rule, Step } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { earliest, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context } from './context.ts';
import { idealTime } from './moment.ts';
import type { Plan, Telling } from './plan.ts';
import { taskWords } from './task-words.ts';
import { stateFor, zoneOf } from './visit.ts';

type TaskSpec = NonNullable<Step['task']>;

interface TaskOccasion {
  rule: Rule;
  anchor: Anchor;
  key: string;
  context: Context;
  plan: Plan;
}

/** A step's Task opens when its time has come, and closes by itself when it is no longer wanted. */
export function planTask({ task, when, ...occasion }: TaskOccasion & { task: TaskSpec; when: Step['when'] }): void {
  const { anchor, context, plan } = occasion;
  const visit = anchor.visits[0];
  const zone = visit
    ? zoneOf(stateFor(context.facts.reference, visit.mirrored), context.policy.clinic)
    : context.policy.clinic.zone;
  const opensAt = idealTime(when, anchor.at, zone);
  if (opensAt <= context.now) openTask({ ...occasion, task, opensAt });
  else plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
}

interface Opening extends TaskOccasion {
  task: TaskSpec;
  opensAt: Instant;
  reason?: Reason;
  /** See `PlannedTask`. */
  tells?: Telling[];
}

export function openTask({ rule, task, opensAt, anchor, key, context, plan, reason, tells }: Opening): void {
  plan.tasks.push({
    key,
    patient: context.facts.reference,
    rule: rule.id,
    code: task.code,
    owner: task.owner,
    priority: task.priority,
    opensAt,
    dueAt: plus(opensAt, task.due),
    says: taskWords(task.says, anchor, context),
    about: anchor.visits.map(visit => visit.reference),
    tells,
    reason,
  });
}

import type { Instant } from '../clock.ts';
import type { Rule, Step } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { earliest, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context } from './context.ts';
import type { Occasion } from './message.ts';
import { idealTime, type Moment } from './moment.ts';
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

export function openTask(occasion: TaskOccasion & { task: TaskSpec; opensAt: Instant; reason?: Reason }): void {
  const { rule, task, opensAt, anchor, key, context, plan, reason } = occasion;
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
    reason,
  });
}

/** What would have been written is said on the phone instead; due while it is still worth saying (CON3, E6). */
export function openCallTask(
  { rule, anchor, key, context, plan }: Occasion,
  moment: Moment,
  tells: Telling[],
  reason: Reason,
): void {
  if (moment.sendBefore <= context.now && moment.sendBefore <= moment.sendAt) return;
  if (moment.sendAt > context.now) {
    plan.lookAgainAt = earliest(plan.lookAgainAt, moment.sendAt);
    return;
  }
  plan.tasks.push({
    key: `${key}#call`,
    patient: context.facts.reference,
    rule: rule.id,
    code: 'call-patient',
    owner: rule.owner,
    priority: rule.purpose === 'notice' ? 'asap' : 'routine',
    opensAt: moment.sendAt,
    dueAt: moment.sendBefore,
    says: taskWords(CALL_SCRIPTS[rule.purpose], anchor, context),
    about: tells.map(telling => telling.appointment),
    reason,
  });
}

const CALL_SCRIPTS: Record<Rule['purpose'], string> = {
  confirmation:
    'Call {{firstName}}: the visit on {{visit}} is booked. Say where it is, and ask whether the time suits.',
  reminder: 'Call {{firstName}} to remind them of the visit on {{visit}}, and ask whether they will come.',
  notice: 'Call {{firstName}}: {{change}}. Make sure that they know.',
  rebook: 'Call {{firstName}} and offer a new time: {{change}}.',
  'no-show': 'Call {{firstName}} about the missed visit on {{visit}}. No blame; offer a new time.',
  'follow-up': 'Call {{firstName}} to follow up on the visit on {{visit}}.',
  checklist: 'Call {{firstName}} about what to bring to the visit on {{visit}}.',
};

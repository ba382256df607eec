import type { Instant } from '../clock.ts';
import { earliest, latest, plus } from '../time.ts';
import type { Context } from './context.ts';
import { keyOf } from './key.ts';
import type { Plan, PlannedTask } from './plan.ts';

interface OwnTask extends Pick<PlannedTask, 'rule' | 'code' | 'says' | 'about' | 'reason'> {
  /** What of the patient's it is about: with the rule it makes the key. */
  anchor: string;
  opensAt: Instant;
  /** ISO 8601 duration from when it opens. */
  due: string;
  /** The hour at which it loses its sense: due by then, though never before it opens. */
  until?: Instant;
}

/** A Task that no rule of the practice's asks for; whoever answers patients does it. It opens when its time has come. */
export function planOwnTask({ anchor, opensAt, due, until, ...task }: OwnTask, context: Context, plan: Plan): void {
  const { facts, policy, now } = context;
  if (opensAt > now) {
    plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
    return;
  }
  plan.tasks.push({
    ...task,
    key: `${keyOf(facts.reference, task.rule, anchor)}#task`,
    patient: facts.reference,
    owner: policy.clinic.answersPatients,
    priority: 'routine',
    opensAt,
    dueAt: latest(opensAt, earliest(plus(opensAt, due), until)) as Instant,
  });
}

import type { Reason } from '../reasons.ts';
import { type Context, changeOf } from './context.ts';
import { ANSWERING } from './diff.ts';
import { DOUBLE_BOOKING } from './double-booking.ts';
import type { MessageFact, TaskFact } from './facts.ts';
import { LANGUAGE } from './language-task.ts';
import type { Plan } from './plan.ts';
import { UNSURE_VISIT } from './unsure-visits.ts';

/** Gives every pending message and open Task that this plan no longer wants the reason why (laws 9, 14). */
export function explainWithdrawals(plan: Plan, context: Context): void {
  const wanted = new Set([...plan.messages, ...plan.tasks].map(one => one.key));
  const why = new Map(plan.notPlanned.map(one => [one.key, one.reason]));
  const explain = (row: MessageFact | TaskFact, about: string | undefined, reason: Reason) =>
    plan.notPlanned.push({ key: row.key, rule: row.rule, about: about ?? row.patient, reason });
  for (const row of context.facts.messages)
    if (row.state === 'planned' && row.purpose !== 'answer' && !wanted.has(row.key) && !why.has(row.key))
      explain(row, row.tells[0]?.appointment, whyWithdrawn(row, context));
  for (const row of context.facts.tasks)
    if (row.state === 'open' && row.rule !== ANSWERING && !wanted.has(row.key))
      explain(row, row.about[0], whyNoMore(row, plan, context));
}

function whyNoMore(row: TaskFact, plan: Plan, context: Context): Reason {
  if (row.rule === LANGUAGE) return context.never ?? cannotRoute(context) ?? 'rule-not-matching';
  if (row.rule === DOUBLE_BOOKING || row.rule === UNSURE_VISIT) return whyOffAny(row, context);
  return answered(row, context) ?? whyOfItsStep(row.key, plan) ?? whyClosed(row, context);
}

function cannotRoute({ route }: Context): Reason | undefined {
  const found = route(false);
  return 'cannot' in found ? found.cannot : undefined;
}

/** `…#call` and `…#task` close for the reason of their step; what ends a whole chain ends its escalation too. */
function whyOfItsStep(key: string, { notPlanned }: Plan): Reason | undefined {
  const parent = key.slice(0, key.lastIndexOf('#'));
  return notPlanned.find(one => one.key === parent || one.key.startsWith(`${parent}#`))?.reason;
}

function whyWithdrawn({ tells, rule }: MessageFact, context: Context): Reason {
  if (!isActive(rule, context)) return 'rule-off';
  for (const telling of tells) {
    const visit = context.visits.find(one => one.reference === telling.appointment);
    if (!visit) return 'visit-unusable';
    if (visit.told && !changeOf(visit, context.facts.reference) && !telling.live) return 'already-told';
    const reason = whyOff(telling.appointment, context);
    if (reason) return reason;
    if (visit.mirrored.fact.start !== telling.start) return 'visit-moved';
    if (visit.told) return 'already-told';
  }
  return 'visit-changed';
}

const answered = ({ key, opensAt }: TaskFact, { facts }: Context): Reason | undefined =>
  key.endsWith('#silence') && facts.heardAt.some(at => at >= opensAt) ? 'answered-already' : undefined;

function whyClosed(row: TaskFact, context: Context): Reason {
  return isActive(row.rule, context) ? whyOffAny(row, context) : 'rule-off';
}

function whyOffAny({ about }: TaskFact, context: Context): Reason {
  return about.map(reference => whyOff(reference, context)).find(reason => reason !== undefined) ?? 'visit-changed';
}

const isActive = (id: string, { policy }: Context) => policy.rules.some(rule => rule.id === id && rule.active);

function whyOff(appointment: string, { visits, now }: Context): Reason | undefined {
  const visit = visits.find(one => one.reference === appointment);
  if (!visit) return 'visit-unusable';
  if (visit.phase === 'off') return 'visit-cancelled';
  if (visit.phase === 'requested') return 'visit-not-booked';
  const { start } = visit.mirrored.fact;
  return visit.phase === 'happened' || (start !== undefined && start <= now) ? 'visit-past' : undefined;
}

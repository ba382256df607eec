import { earliest, latest, plus } from '../time.ts';
import { type Context, settlesAt, type Visit } from './context.ts';
import { keyOf } from './key.ts';
import type { Plan } from './plan.ts';
import { taskWords } from './task-words.ts';
import { isFuture, takesPart } from './visit.ts';

/** No rule of the practice's: the record and what the patient knows do not fit, and no text can put that right. */
export const UNSURE_VISIT = 'unsure-visit';
const DUE = 'P1D';

const NOT_BOOKED =
  '{{firstName}} was told of a visit on {{visit}}, which is no longer booked but only asked for. Find out whether it holds, and tell them.';
const MERGED =
  '{{firstName}}’s record was merged into another, and the visit on {{visit}} still stands on the old one. Move it to the record that holds now: until then nobody is told of it.';

/** Told of, and then put back on a list; or left behind on a record that was merged (`scope.md` B2, E15). */
export function planUnsureVisits(context: Context, plan: Plan): void {
  const { never, facts, now } = context;
  if (never && never !== 'patient-merged') return;
  for (const visit of context.visits) {
    const { mirrored, phase, told } = visit;
    const isAhead = isFuture(told?.state.start, now) || (phase === 'booked' && isFuture(mirrored.fact.start, now));
    if (!isAhead || mirrored.deleted || !takesPart(facts.reference, mirrored.fact)) continue;
    if (never) openTask(visit, MERGED, context, plan);
    else if (phase === 'requested' && told?.state.live) openTask(visit, NOT_BOOKED, context, plan);
  }
}

/** Like a notice it waits for the record to settle. */
function openTask(visit: Visit, says: string, context: Context, plan: Plan): void {
  const { facts, policy, now } = context;
  const opensAt = settlesAt(visit, 'change', context);
  if (opensAt > now) {
    plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
    return;
  }
  const start = visit.told?.state.start ?? visit.mirrored.fact.start;
  plan.tasks.push({
    key: `${keyOf(facts.reference, UNSURE_VISIT, `${visit.reference}#${visit.told?.times ?? 0}`)}#task`,
    patient: facts.reference,
    rule: UNSURE_VISIT,
    code: 'unsure-visit',
    owner: policy.clinic.answersPatients,
    priority: 'routine',
    opensAt,
    dueAt: latest(opensAt, earliest(plus(opensAt, DUE), start)) ?? opensAt,
    says: taskWords(says, { id: visit.reference, at: opensAt, visits: [visit] }, context),
    about: [visit.reference],
  });
}

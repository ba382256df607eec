import { type Context, isKindUnsure, settlesAt, type Visit } from './context.ts';
import { planOwnTask } from './own-task.ts';
import type { Plan } from './plan.ts';
import { taskWords } from './task-words.ts';
import { isFuture, takesPart } from './visit.ts';

/** No rule of the practice's: the record and what the patient knows do not fit, and no text can put that right. */
export const UNSURE_VISIT = 'unsure-visit';

const NOT_BOOKED =
  '{{firstName}} was told of a visit on {{visit}}, which is no longer booked but only asked for. Find out whether it holds, and tell them.';
const KIND =
  '{{firstName}} knows the visit on {{visit}} to be by video, and the record now calls it something that nobody has mapped. Find out which it is, correct the record, and tell them if it has changed.';
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
    else if (phase === 'requested' && told?.state.live)
      openTask(visit, isKindUnsure(told, mirrored) ? KIND : NOT_BOOKED, context, plan);
  }
}

/** Like a notice it waits for the record to settle. */
function openTask(visit: Visit, says: string, context: Context, plan: Plan): void {
  const opensAt = settlesAt(visit, 'change', context);
  planOwnTask(
    {
      rule: UNSURE_VISIT,
      code: 'unsure-visit',
      anchor: `${visit.reference}#${visit.told?.times ?? 0}`,
      opensAt,
      due: 'P1D',
      until: visit.told?.state.start ?? visit.mirrored.fact.start,
      says: taskWords(says, { id: visit.reference, at: opensAt, visits: [visit] }, context),
      about: [visit.reference],
    },
    context,
    plan,
  );
}

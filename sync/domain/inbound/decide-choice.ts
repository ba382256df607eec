import { apply, isAssent, stale } from './decide-visit.ts';
import type { Decision, Situation } from './decision.ts';
import type { Reply } from './keywords.ts';

/**
 * "2" after "which visit?", and "C 2", which says itself what is wanted. "Yes, 2" does not: it chooses for what was
 * asked, and that may have been which visit to cancel. Undefined when no question is open that it could answer. Only
 * visits that still hold as they were listed can be chosen.
 */
export function chosen(reading: Reply, situation: Situation): Decision | undefined {
  const { question, prompts } = situation;
  const picked = (reading.choice ?? []).flatMap(number => question?.options[number - 1] ?? []);
  if (!question || picked.length === 0 || picked.length !== reading.choice?.length) return undefined;
  const current = picked.flatMap(one => {
    const now = prompts.find(p => p.patient === one.patient && p.appointment === one.appointment);
    // Listed by an hour that has been replaced since, it was not this one that was chosen.
    return now ? [now.start === one.start ? now : { ...now, standing: 'changed' as const }] : [];
  });
  const holding = current.filter(prompt => prompt.standing === 'holds');
  if (holding.length === picked.length) return apply(meantBy(reading) ?? question.meaning, holding, situation);
  const [changed] = current.filter(prompt => prompt.standing === 'changed');
  return changed && picked.length === 1 ? stale(changed, situation) : undefined;
}

function meantBy(reading: Reply) {
  const { meaning } = reading;
  if (meaning === 'cancel' || meaning === 'reschedule') return meaning;
  return meaning === 'confirm' && !isAssent(reading) ? meaning : undefined;
}

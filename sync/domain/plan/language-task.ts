import { plus } from '../time.ts';
import type { Context } from './context.ts';
import { keyOf } from './key.ts';
import type { Plan } from './plan.ts';

/** No rule of the practice's: it follows from what is decided in `clinic.yaml` about languages. */
export const LANGUAGE = 'language';
const DUE = 'P2D';

/**
 * Somebody is written to in a language that is not theirs: a person sees to it, once for each patient however many
 * messages there are (`standards.md` §9.2). Open until it is done, or until their language is one that we write.
 */
export function planLanguageTask({ facts, policy, now, never, route }: Context, plan: Plan): void {
  const recipient = route(false);
  if (never || !('recipient' in recipient) || !recipient.languageTask) return;
  const key = keyOf(facts.reference, LANGUAGE, 'texts#task');
  const open = facts.tasks.find(task => task.key === key && task.state !== 'withdrawn');
  if (!open && plan.messages.length === 0) return;
  const opensAt = open?.opensAt ?? now;
  plan.tasks.push({
    key,
    patient: facts.reference,
    rule: LANGUAGE,
    code: 'call-patient',
    owner: policy.clinic.answersPatients,
    priority: 'routine',
    opensAt,
    dueAt: plus(opensAt, DUE),
    says: `We have no texts in the language of ${facts.patient?.firstName ?? 'this patient'}, and write in another. Call with an interpreter: do they understand our texts, or would they rather be called?`,
    about: [],
    reason: 'language-missing',
  });
}

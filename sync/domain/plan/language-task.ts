import type { Context } from './context.ts';
import { planOwnTask } from './own-task.ts';
import type { Plan } from './plan.ts';

/** No rule of the practice's: it follows from what is decided in `clinic.yaml` about languages. */
export const LANGUAGE = 'language';

/**
 * Somebody is written to in a language that is not theirs: a person sees to it, once for each patient however many
 * messages there are (`standards.md` §9.2). Open until it is done, or until their language is one that we write.
 */
export function planLanguageTask(context: Context, plan: Plan): void {
  const { facts, now, never, route } = context;
  const recipient = route(false);
  if (never || !('recipient' in recipient) || !recipient.languageTask) return;
  const open = facts.tasks.find(({ rule, state }) => rule === LANGUAGE && state !== 'withdrawn');
  if (!open && plan.messages.length === 0) return;
  planOwnTask(
    {
      rule: LANGUAGE,
      code: 'call-patient',
      anchor: 'texts',
      opensAt: open?.opensAt ?? now,
      due: 'P2D',
      says: `We have no texts in the language of ${facts.patient?.firstName ?? 'this patient'}, and write in another. Call with an interpreter: do they understand our texts, or would they rather be called?`,
      about: [],
      reason: 'language-missing',
    },
    context,
    plan,
  );
}

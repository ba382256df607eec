import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import type { Policy } from '../policy/policy.ts';
import { byText, durationMs, plus, plusMs } from '../time.ts';
import type { MessageFact, MirroredAppointment, PatientFacts, TaskFact, VisitState } from './facts.ts';
import type { Telling } from './plan.ts';
import { phaseFor } from './visit.ts';

/** What the patient was last told about a visit. `times` counts our messages that stated all of it: it anchors the next one. */
export interface Told {
  by: 'us' | 'practice';
  state: VisitState;
  at: Instant;
  times: number;
}

/** One message of ours, or one call by staff in its stead, that told this visit. */
export interface Said {
  message: Pick<MessageFact, 'key' | 'rule' | 'purpose' | 'tells'>;
  state: Telling;
  at: Instant;
}

/** States in which a message may have reached the patient. `unknown` counts: at most once (law 6). */
export const REACHED: MessageFact['state'][] = ['sending', 'sent', 'delivered', 'unknown'];

export const hasReached = ({ state }: MessageFact): boolean => REACHED.includes(state);

/** Texts that state what holds of a visit, its hour above all. */
const STATING: MessageFact['purpose'][] = ['confirmation', 'notice', 'reminder'];

export const states = ({ purpose }: Pick<MessageFact, 'purpose'>): boolean => STATING.includes(purpose);

/** An answer, an offer of a new time and kind words afterwards are about a visit, but tell nothing of it: after them a
 *  change, or a cancellation, is as untold as before. */
const ABOUT_ONLY: MessageFact['purpose'][] = ['answer', 'rebook', 'no-show', 'follow-up'];

/** Everything told about each visit, oldest first; computed once, for a patient may have hundreds of messages. */
export function tellingsBy({ messages, tasks }: PatientFacts, policy: Policy): Map<Reference, Said[]> {
  const written = messages.filter(hasReached).map(message => ({ message, at: message.sentAt ?? message.sendAt }));
  const said = [...written, ...calls(tasks, policy)]
    .filter(({ message }) => !ABOUT_ONLY.includes(message.purpose))
    .sort((a, b) => byText(a.at, b.at) || byText(a.message.key, b.message.key))
    .flatMap(({ message, at }) => message.tells.map(state => ({ message, state, at })));
  return Map.groupBy(said, one => one.state.appointment);
}

/** What staff have done they have said: a call that stands for a message tells what it would have told (law 3). */
function calls(tasks: TaskFact[], { rules }: Policy): { message: Said['message']; at: Instant }[] {
  return tasks.flatMap(({ state, tells, key, rule, changedAt }) => {
    const purpose = rules.find(({ id }) => id === rule)?.purpose;
    return state === 'done' && tells && purpose ? [{ message: { key, rule, purpose, tells }, at: changedAt }] : [];
  });
}

/**
 * Law 3. Without a message of ours, a visit that was there at the first import, or whose confirmation is overdue, was
 * told by the practice itself when it was booked, so a later change is still worth a notice.
 */
export function toldAbout(
  visit: MirroredAppointment,
  said: Said[],
  facts: PatientFacts,
  policy: Policy,
  now: Instant,
): Told | undefined {
  const stated = said.filter(({ message }) => states(message));
  const byUs = (last: Said): Told => ({
    by: 'us',
    state: last.state,
    at: last.at,
    times: stated.filter(({ state }) => !state.unsaid?.length).length,
  });
  const last = stated.at(-1);
  if (last) return byUs(last);
  const { firstSeen } = visit;
  const wasOnIt = firstSeen.state.patients?.includes(facts.reference) ?? true;
  if (firstSeen.state.live && wasOnIt && toldAtTheDesk(visit, facts, policy, now))
    return { by: 'practice', state: firstSeen.state, at: firstSeen.at, times: 0 };
  // A checklist names the day and nothing else of the visit: it counts where nothing better is known.
  const hint = said.at(-1);
  return hint && byUs(hint);
}

function toldAtTheDesk(visit: MirroredAppointment, facts: PatientFacts, policy: Policy, now: Instant): boolean {
  const { firstSeen, changedAt } = visit;
  if (firstSeen.imported) return true;
  // What was changed before the booking had settled was a slip of the hand, and nobody left the desk with it.
  const stood = (firstSeen.left?.[facts.reference] ?? changedAt) >= plus(firstSeen.at, policy.clinic.settling.booking);
  if (phaseFor(facts.reference, visit) === 'off') return stood;
  return now >= confirmBy(visit, policy) || (stood && !isBeingConfirmed(visit, facts, policy));
}

/** Our confirmation is still to come, and says what is true by then. */
const isBeingConfirmed = ({ fact }: MirroredAppointment, { messages }: PatientFacts, { rules }: Policy): boolean =>
  messages.some(
    ({ rule, state, tells }) =>
      (state === 'planned' || state === 'withdrawn') &&
      tells.some(telling => telling.appointment === fact.reference) &&
      rules.some(({ id, trigger }) => id === rule && trigger === 'visit-booked'),
  );

/** A night, and a Sunday morning after it, may hold a confirmation up. */
const HELD_UP = 'P1D';

/** Until then our own confirmation may still be the first thing the patient hears about a booking. */
export function confirmBy({ firstSeen }: MirroredAppointment, { rules, clinic }: Policy): Instant {
  const step = rules.find(rule => rule.trigger === 'visit-booked' && rule.active)?.steps[0];
  if (!step) return firstSeen.at;
  const waits = 'after' in step.when ? durationMs(step.when.after) : 0;
  const lasts = durationMs(step.useFor ?? HELD_UP) + durationMs(HELD_UP);
  return plusMs(firstSeen.at, durationMs(clinic.settling.booking) + waits + lasts);
}

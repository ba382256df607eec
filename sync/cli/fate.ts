import type { Instant } from '../domain/clock.ts';
import { permit } from '../domain/plan/permit.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import { hasReached } from '../domain/plan/told.ts';
import { type Worded, wordsOf } from '../domain/plan/words.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Reason } from '../domain/reasons.ts';
import { byText, latest } from '../domain/time.ts';
import { forbidden } from '../reconcile/forbidden.ts';
import { batchesOf, type PlannedPatient } from './planned-patient.ts';

/** What becomes of messages that would leave as one: when they do and in which words, or why they never do. */
export type Fate = { batch: PlannedMessage[] } & (Leaving | { cannot: Reason });
type Leaving = { at: Instant; body: string };

interface Due {
  batch: [PlannedMessage, ...PlannedMessage[]];
  at: Instant;
}

/**
 * Every batch before the gate at its hour, soonest first, as the service would do it: what is due already is due now,
 * what may not leave yet comes again, and what has left counts for the next to the same address. Pure.
 */
export function fatesOf(patients: PlannedPatient[], policy: Policy, now: Instant): Fate[] {
  const left = leftBefore(patients);
  const fates: Fate[] = [];
  const queue = batchesOf(patients)
    .flatMap(batch => dueFrom(batch, now))
    .sort((a, b) => byText(a.at, b.at));
  for (const { batch, at } of queue) {
    const [first, ...others] = batch;
    const sent = left.get(first.address) ?? [];
    const verdict = permit(first, sent, policy.clinic, at);
    if (verdict.verdict === 'hold') comesAgain(queue, { batch, at: verdict.until });
    else if (verdict.verdict === 'drop') {
      fates.push({ batch: [first], cannot: verdict.reason });
      for (const rest of dueFrom(others, at)) comesAgain(queue, rest);
    } else {
      const worded = wordsAt(batch, policy, at);
      fates.push({ batch, ...worded });
      if ('at' in worded && first.purpose !== 'answer') left.set(first.address, [...sent, at]);
    }
  }
  return fates.sort((a, b) => byText(hourOf(a), hourOf(b)));
}

/** When it leaves, or would have. */
export const hourOf = (fate: Fate): Instant => ('at' in fate ? fate.at : (fate.batch[0]?.sendAt ?? ''));

/** The soonest of a batch draws the others with it. */
function dueFrom(batch: PlannedMessage[], now: Instant): Due[] {
  const [first, ...others] = [...batch].sort((a, b) => byText(a.sendAt, b.sendAt));
  return first ? [{ batch: [first, ...others], at: latest(first.sendAt, now) ?? now }] : [];
}

/** Into its place in what lies ahead, behind what is due at the same moment. */
function comesAgain(queue: Due[], due: Due): void {
  let [from, to] = [0, queue.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((queue[middle] as Due).at <= due.at) from = middle + 1;
    else to = middle;
  }
  queue.splice(from, 0, due);
}

/** What is said at that moment: an approval may have ended by then. */
function wordsAt(batch: PlannedMessage[], policy: Policy, at: Instant): Leaving | { cannot: Reason } {
  const words: Worded = wordsOf(batch, policy, at, batch[0]?.blanks ?? {});
  if ('cannot' in words) return words;
  return forbidden(words, batch, policy) ? { cannot: 'content-forbidden' } : { at, body: words.body };
}

/** When automatic messages left for each address, oldest first; what left as one counts once, answers do not count. */
function leftBefore(patients: PlannedPatient[]): Map<string, Instant[]> {
  const moments = new Map<string, Set<Instant>>();
  for (const message of patients.flatMap(({ facts }) => facts.messages)) {
    if (!message.sentAt || message.purpose === 'answer' || !hasReached(message)) continue;
    moments.set(message.address, (moments.get(message.address) ?? new Set()).add(message.sentAt));
  }
  return new Map([...moments].map(([address, those]) => [address, [...those].sort()]));
}

import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import { contextOf, type Visit } from '../plan/context.ts';
import type { MessageFact, PatientFacts } from '../plan/facts.ts';
import type { Telling } from '../plan/plan.ts';
import { changeBetween, isFuture, stateFor } from '../plan/visit.ts';
import type { Policy } from '../policy/policy.ts';

/** A visit the writer may mean: what they were told of it at this address, and what is true now. */
export interface Prompt {
  patient: Reference;
  firstName?: string;
  appointment: Reference;
  /** The start they were told. */
  start: Instant;
  /** `changed`: it is on, but not as told in every part. `gone`: it is off, over, no longer theirs, or not for this address. */
  standing: 'holds' | 'changed' | 'gone';
  /** What they were told of it: an answer names it by this, and never tells anything new. */
  told: Telling;
  /** Our message asked for an answer. */
  asked: boolean;
  /** They have answered about exactly this start already. */
  answered?: 'confirm' | 'cancel' | 'reschedule';
  batch?: string;
}

const REACHED: MessageFact['state'][] = ['sending', 'sent', 'delivered', 'unknown'];

/**
 * What an answer from this address can be about: visits of these patients that our messages to it have told, each as
 * it was told last. A visit whose told hour has passed is no longer open.
 */
export function promptsFor(
  patients: (PatientFacts & { batches: Map<string, string> })[],
  address: string,
  policy: Policy,
  now: Instant,
): Prompt[] {
  return patients.flatMap(facts => {
    const { visits } = contextOf(facts, policy, now);
    const heard = facts.messages
      .filter(m => m.address === address && m.purpose !== 'answer' && REACHED.includes(m.state))
      .sort(bySending);
    const told = new Map<Reference, { message: MessageFact; telling: Telling; asked: boolean }>();
    for (const message of heard)
      for (const telling of message.tells) {
        const asked = message.asks.length > 0 || (told.get(telling.appointment)?.asked ?? false);
        told.set(telling.appointment, { message, telling, asked });
      }
    return [...told.values()].flatMap(({ message, telling, asked }): Prompt[] => {
      const visit = visits.find(one => one.reference === telling.appointment);
      if (!visit || !telling.live || !isFuture(telling.start, now)) return [];
      const { start } = telling;
      const answered = facts.replies.findLast(r => r.appointment === telling.appointment && r.start === start)?.meaning;
      return [
        {
          patient: facts.reference,
          firstName: facts.patient?.firstName,
          appointment: telling.appointment,
          start,
          standing: standingOf(visit, telling, facts, address, now),
          told: telling,
          asked,
          answered,
          batch: facts.batches.get(message.key),
        },
      ];
    });
  });
}

function standingOf(
  visit: Visit,
  told: Telling,
  facts: PatientFacts,
  address: string,
  now: Instant,
): Prompt['standing'] {
  const { mirrored, phase, movedTo } = visit;
  const isReadByOthers = (facts.sharedAddresses[address] ?? []).length > 0;
  if (mirrored.fact.confidential && isReadByOthers) return 'gone';
  if (phase === 'off' && movedTo) return 'changed';
  if (phase !== 'booked' || !isFuture(mirrored.fact.start, now)) return 'gone';
  return changeBetween(told, stateFor(facts.reference, mirrored), mirrored.fact) ? 'changed' : 'holds';
}

/** What was said last at an address, automatic answers aside: what is written next most likely answers it. */
export interface LastSaid {
  patient: Reference;
  asks: MessageFact['asks'];
  tells: Telling[];
}

export function lastSaid(patients: PatientFacts[], address: string): LastSaid | undefined {
  const all = patients
    .flatMap(facts => facts.messages)
    .filter(m => m.address === address && m.purpose !== 'answer' && REACHED.includes(m.state));
  const last = all.sort(bySending).at(-1);
  return last && { patient: last.patient, asks: last.asks, tells: last.tells };
}

const bySending = (a: MessageFact, b: MessageFact) => (a.sentAt ?? '').localeCompare(b.sentAt ?? '');

/** The prompts an unspecific "C" can be meant for: those we asked about and that are still unanswered, else all. */
export function openPrompts(prompts: Prompt[]): Prompt[] {
  const asked = prompts.filter(prompt => prompt.asked);
  const unanswered = asked.filter(prompt => prompt.answered === undefined);
  return unanswered.length > 0 ? unanswered : asked.length > 0 ? asked : prompts;
}

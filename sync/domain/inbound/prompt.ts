import type { Instant } from '../clock.ts';
import type { Reference } from '../facts/fact.ts';
import { contextOf, type Visit } from '../plan/context.ts';
import type { MessageFact, PatientFacts } from '../plan/facts.ts';
import type { Telling } from '../plan/plan.ts';
import { hasReached } from '../plan/told.ts';
import { changeBetween, isFuture, stateFor } from '../plan/visit.ts';
import type { Policy } from '../policy/policy.ts';

/** A visit the writer may mean: what they were told of it at this address, and what is true now. */
export interface Prompt {
  patient: Reference;
  firstName?: string;
  appointment: Reference;
  /** The start they were told. */
  start: Instant;
  /**
   * `changed`: it is on, but not as told in every part. `unsure`: begun, or asked for only, so that no answer fits.
   * `gone`: it is off, over, no longer theirs, or not for this address.
   */
  standing: 'holds' | 'changed' | 'unsure' | 'gone';
  /** What they were told of it: an answer names it by this, and never tells anything new. */
  told: Telling;
  /** Our message asked for an answer. */
  asked: boolean;
  /** They have answered about exactly this start already. */
  answered?: 'confirm' | 'cancel' | 'reschedule';
  batch?: string;
}

/** With what left together, by the key of each message. */
export type KnownPatient = PatientFacts & { batches: Map<string, string> };

/** Where and when somebody wrote. What left later they had not read, and did not answer. */
export interface Written {
  address: string;
  at: Instant;
}

/**
 * What an answer from this address can be about: visits of these patients that our messages to it have told, each as
 * it was told last. A visit whose told hour has passed is no longer open.
 */
export function promptsFor(patients: KnownPatient[], written: Written, policy: Policy, now: Instant): Prompt[] {
  return patients.flatMap(facts => {
    const { visits } = contextOf(facts, policy, now);
    const heard = saidTo(facts, written);
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
          standing: standingOf(visit, telling, facts, written.address, now),
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
  if (phase === 'requested' || (phase === 'happened' && isFuture(mirrored.fact.start, now))) return 'unsure';
  if (phase !== 'booked' || !isFuture(mirrored.fact.start, now)) return 'gone';
  return changeBetween(told, stateFor(facts.reference, mirrored), mirrored.fact) ? 'changed' : 'holds';
}

/** What was said last at an address, automatic answers aside: what is written next most likely answers it. */
export interface LastSaid {
  asks: MessageFact['asks'];
  /** Of all that left as one message. */
  tells: (Telling & { patient: Reference })[];
}

export function lastSaid(patients: KnownPatient[], written: Written): LastSaid | undefined {
  const batchOf = new Map(patients.flatMap(({ batches }) => [...batches]));
  const said = patients.flatMap(facts => saidTo(facts, written)).sort(bySending);
  const last = said.at(-1);
  if (!last) return undefined;
  const batch = batchOf.get(last.key);
  const together = batch === undefined ? [last] : said.filter(({ key }) => batchOf.get(key) === batch);
  return {
    asks: last.asks,
    tells: together.flatMap(({ patient, tells }) => tells.map(telling => ({ ...telling, patient }))),
  };
}

/** Answers that leave a question open: whatever comes next is no comment on them. */
const ASKING = ['answer-which-visit', 'answer-help', 'answer-opt-in'];

/** Was what left last an answer of ours that asks for nothing? "Sounds good" is then said to that. */
export const isClosed = (last: Pick<MessageFact, 'purpose' | 'text'> | undefined): boolean =>
  last?.purpose === 'answer' && !ASKING.includes(last.text);

const saidTo = ({ messages }: PatientFacts, { address, at }: Written): MessageFact[] =>
  messages
    .filter(m => m.address === address && m.purpose !== 'answer' && hasReached(m))
    .filter(m => (m.sentAt ?? '') <= at)
    .sort(bySending);

const bySending = (a: MessageFact, b: MessageFact) => (a.sentAt ?? '').localeCompare(b.sentAt ?? '');

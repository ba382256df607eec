import type { Instant } from '../clock.ts';
import type { Change, Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { byText, earliest } from '../time.ts';
import { type Context, changeOf, settlesAt, type Visit } from './context.ts';
import type { MessageFact } from './facts.ts';
import { keyOf } from './key.ts';
import { newParts } from './telling.ts';
import { changeBetween, isFuture, stateFor } from './visit.ts';

/** One occasion for a rule: `id` is the part of the key that makes it a different thing to say (law 2). */
export interface Anchor {
  id: string;
  /** Time is counted from here: forwards, or backwards for an upcoming visit. */
  at: Instant;
  visits: Visit[];
  change?: Change;
  /** After this it is no longer worth saying, whatever the step allows. */
  notAfter?: Instant;
  /** For chains: answers count from here. */
  since?: Instant;
  /** It would be an occasion, but for this. */
  off?: Reason;
}

/** All occasions of a rule for one patient, stops and conditions not yet looked at. */
export function anchorsOf(rule: Rule, context: Context): Anchor[] {
  switch (rule.trigger) {
    case 'visit-booked':
      return context.visits.flatMap(visit => booked(visit, context));
    case 'visit-changed':
      return context.visits.flatMap(visit => changed(rule, visit, context));
    case 'visit-upcoming':
      return upcoming(context);
    case 'message-unanswered':
      return oncePerId(context.facts.messages.flatMap(message => unanswered(rule, message, context)));
    default:
      return context.visits.flatMap(visit => recorded(rule.trigger, visit, context));
  }
}

function booked(visit: Visit, context: Context): Anchor[] {
  const { start } = visit.mirrored.fact;
  if (!isFuture(start, context.now)) return [];
  const anchor = { id: visit.reference, at: settlesAt(visit, 'booking', context), visits: [visit], notAfter: start };
  if (visit.told) return visit.phase === 'booked' ? [{ ...anchor, off: 'already-told' }] : [];
  if (visit.phase === 'requested') return [{ ...anchor, off: 'visit-not-booked' }];
  if (visit.movedFrom) return [{ ...anchor, off: 'told-as-move' }];
  return visit.phase === 'booked' ? [anchor] : [];
}

function changed(rule: Rule, visit: Visit, context: Context): Anchor[] {
  const change = changeOf(visit, context.facts.reference);
  const { told, movedTo } = visit;
  // A booking that replaces another is told with it, as one move.
  if (!change || !told || visit.movedFrom) return [];
  const next = movedTo ?? visit;
  // Cancelled, and booked anew just as it was.
  if (movedTo && newParts(visit, movedTo, context).length === 0) return [];
  const start = next.phase === 'booked' ? next.mirrored.fact.start : undefined;
  // A booked visit in the past is a record being corrected, not news.
  if (next.phase === 'booked' && !isFuture(start, context.now)) return [];
  // What they believe and what is true: the sooner of the two that is still ahead sets the deadline.
  const ahead = [told.state.live ? told.state.start : undefined, start].filter(at => isFuture(at, context.now));
  const notAfter = earliest(...ahead);
  if (!notAfter) return [];
  const at = settlesAt(next, 'change', context);
  const id = nextNotice(rule, visit, next, context);
  return [{ id, at, visits: [visit], change: movedTo ? 'moved' : change, notAfter }];
}

const SPENT: MessageFact['state'][] = ['failed', 'expired', 'dropped'];

/**
 * `Appointment/1#2`: what follows the second telling. A notice that ended without reaching anybody is spent for what it
 * said; a later truth is another thing to say, and gets `#2.1`.
 */
function nextNotice(rule: Rule, visit: Visit, next: Visit, { facts, chains }: Context): string {
  const base = `${visit.reference}#${visit.told?.times}`;
  for (let attempt = 0; ; attempt++) {
    const id = attempt === 0 ? base : `${base}.${attempt}`;
    const ours = chains.get(keyOf(facts.reference, rule.id, id)) ?? [];
    const spent = ours.find(one => SPENT.includes(one.state));
    const said = spent?.tells.find(telling => telling.appointment === next.reference);
    if (!said || !changeBetween(said, stateFor(facts.reference, next.mirrored), next.mirrored.fact)) return id;
  }
}

/** Visits that start together are one occasion: the text says the hour, and it is the same hour. */
function upcoming({ visits, now }: Context): Anchor[] {
  const booked = visits.filter(visit => visit.phase === 'booked' && isFuture(visit.mirrored.fact.start, now));
  const starts = [...new Set(booked.flatMap(visit => visit.mirrored.fact.start ?? []))].sort(byText);
  return starts.map(start => ({
    id: start,
    at: start,
    visits: booked.filter(visit => visit.mirrored.fact.start === start),
    notAfter: start,
  }));
}

/** Anchored on the recording. What was already so when we first saw it, at an import, is history: silence. */
function recorded(trigger: Rule['trigger'], visit: Visit, context: Context): Anchor[] {
  const { fact, firstSeen, changedAt } = visit.mirrored;
  const wanted =
    (trigger === 'visit-cancelled' && wasCalledOff(visit, context)) ||
    (trigger === 'visit-missed' && fact.status === 'noshow' && visit.phase === 'happened') ||
    (trigger === 'visit-fulfilled' && fact.status === 'fulfilled' && visit.phase === 'happened');
  const history = firstSeen.imported && changedAt === firstSeen.at;
  if (!wanted || history || !fact.start) return [];
  if (trigger === 'visit-cancelled' && fact.start <= changedAt) return [];
  const at = trigger === 'visit-fulfilled' ? (fact.end ?? changedAt) : changedAt;
  return [{ id: `${visit.reference}@${fact.start}`, at, visits: [visit], since: changedAt }];
}

/** A visit that the patient knew of and knows to be called off: not a slip of the hand, not half of a move. Nobody is
 *  offered a new time for a visit that they still mean to come to. */
const wasCalledOff = (visit: Visit, context: Context) =>
  visit.phase === 'off' &&
  visit.told !== undefined &&
  (visit.told.by === 'practice' || !visit.told.state.live || wasRung(visit, context)) &&
  !visit.mirrored.deleted &&
  visit.mirrored.fact.status !== 'entered-in-error' &&
  !visit.movedTo &&
  !wasToldAsMove(visit);

/** What could not be written was said on the phone, and the call was about the record as it is now. */
const wasRung = ({ reference, mirrored }: Visit, { facts: { tasks }, policy: { rules } }: Context) =>
  tasks.some(
    ({ rule, code, state, about, opensAt }) =>
      code === 'call-patient' &&
      state === 'done' &&
      about.includes(reference) &&
      opensAt >= mirrored.changedAt &&
      rules.some(({ id, purpose }) => id === rule && purpose === 'notice'),
  );

const wasToldAsMove = ({ said, reference }: Visit) =>
  said.at(-1)?.message.tells.some(telling => telling.live && telling.appointment !== reference) === true &&
  said.at(-1)?.state.live === false;

const WENT_OUT = ['sent', 'delivered', 'unknown'];

function unanswered(rule: Rule, message: MessageFact, { visits, now }: Context): Anchor[] {
  if (message.rule !== rule.of || !message.sentAt || !WENT_OUT.includes(message.state)) return [];
  const asked = message.tells.filter(telling => isFuture(telling.start, now));
  const start = earliest(...asked.map(telling => telling.start));
  if (!start) return [];
  const about = visits.filter(visit => asked.some(telling => telling.appointment === visit.reference));
  const still = about.filter(
    ({ reference, phase, mirrored }) =>
      phase === 'booked' && asked.some(t => t.appointment === reference && t.start === mirrored.fact.start),
  );
  const anchor = { id: start, at: message.sentAt, notAfter: start, since: message.sentAt };
  if (still.length > 0) return [{ ...anchor, visits: still }];
  return about.length > 0 ? [{ ...anchor, visits: about, off: 'visit-changed' }] : [];
}

/** Two messages that asked about the same hour wait for one answer: the first of them counts. */
const oncePerId = (anchors: Anchor[]): Anchor[] => {
  const sorted = anchors.sort((a, b) => byText(a.at, b.at));
  return sorted.filter((anchor, i) => sorted.findIndex(other => other.id === anchor.id) === i);
};

import type { Instant } from '../clock.ts';
import type { Change, Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { byText, earliest, plus } from '../time.ts';
import { type Context, changeOf, settlesAt, type Visit } from './context.ts';
import type { MessageFact } from './facts.ts';
import { keyOf } from './key.ts';
import { recorded } from './recorded.ts';
import { isStillOn } from './still-on.ts';
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
      return recorded(rule.trigger, context);
  }
}

function booked(visit: Visit, context: Context): Anchor[] {
  const { start } = visit.mirrored.fact;
  if (!isFuture(start, context.now)) return [];
  const anchor = { id: visit.reference, at: settlesAt(visit, 'booking', context), visits: [visit], notAfter: start };
  if (visit.told) return visit.phase === 'booked' ? [{ ...anchor, off: whyTold(visit, context) }] : [];
  if (visit.phase === 'requested') return [{ ...anchor, off: 'visit-not-booked' }];
  if (visit.movedFrom) return [{ ...anchor, off: 'told-as-move' }];
  return visit.phase === 'booked' ? [anchor] : [];
}

/** What we could tell nobody was told at the desk: the reason stays that we could not, for whoever asks later. */
function whyTold({ told, mirrored: { fact, firstSeen } }: Visit, { route }: Context): Reason {
  if (told?.by === 'us') return 'already-told';
  const found = route(fact.confidential);
  return 'cannot' in found && !firstSeen.imported ? found.cannot : 'told-by-practice';
}

function changed(rule: Rule, visit: Visit, context: Context): Anchor[] {
  const change = changeOf(visit, context.facts.reference);
  const { told, movedTo } = visit;
  // A booking that replaces another is told with it, as one move.
  if (!change || !told || visit.movedFrom) return [];
  const next = movedTo ?? visit;
  // Cancelled, and booked anew just as it was.
  if (movedTo && newParts(visit, movedTo, context).length === 0) return [];
  const notAfter = deadline(rule, visit, next, context);
  if (!notAfter) return [];
  const at = settlesAt(next, 'change', context);
  const anchor = { id: nextNotice(rule, visit, next, context), at, visits: [visit], notAfter };
  if (!movedTo && isStillOn(visit, context)) return [{ ...anchor, off: 'already-told' }];
  return [{ ...anchor, change: movedTo ? 'moved' : change }];
}

/** A call that came too late is still owed on the day: they may have stood before a closed door. */
const OWED_FOR = 'P1D';

/** What they believe and what is true: the sooner of the two that is still ahead. In the past: only a call is left. */
function deadline(rule: Rule, { told, reference }: Visit, next: Visit, { now, facts }: Context): Instant | undefined {
  const { changedAt, fact } = next.mirrored;
  const believed = told?.state.live ? told.state.start : undefined;
  const start = next.phase === 'booked' ? fact.start : undefined;
  // A booked visit in the past is a record being corrected; unless they still mean to come, and somebody mistyped.
  if (start && !isFuture(start, now)) return isFuture(believed, now) ? start : undefined;
  const ahead = earliest(...[believed, start].filter(at => isFuture(at, now)));
  if (ahead || !believed || changedAt >= believed) return ahead;
  const isOpen = facts.tasks.some(
    task => task.state === 'open' && task.rule === rule.id && task.about.includes(reference),
  );
  return isOpen || now < plus(believed, OWED_FOR) ? believed : undefined;
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

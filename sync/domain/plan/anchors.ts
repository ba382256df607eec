import type { Instant } from '../clock.ts';
import type { Change, Rule } from '../policy/rule.ts';
import { earliest } from '../time.ts';
import { type Context, changeOf, settlesAt, type Visit } from './context.ts';
import type { MessageFact } from './facts.ts';
import { isFuture } from './visit.ts';

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
}

/** All occasions of a rule for one patient, stops and conditions not yet looked at. */
export function anchorsOf(rule: Rule, context: Context): Anchor[] {
  switch (rule.trigger) {
    case 'visit-booked':
      return context.visits.flatMap(visit => booked(visit, context));
    case 'visit-changed':
      return context.visits.flatMap(visit => changed(visit, context));
    case 'visit-upcoming':
      return upcoming(context);
    case 'message-unanswered':
      return context.facts.messages.flatMap(message => unanswered(rule, message, context));
    default:
      return context.visits.flatMap(visit => recorded(rule.trigger, visit));
  }
}

function booked(visit: Visit, context: Context): Anchor[] {
  const { start } = visit.mirrored.fact;
  if (visit.phase !== 'booked' || visit.told || visit.movedFrom || !start) return [];
  return [{ id: visit.reference, at: settlesAt(visit, 'booking', context), visits: [visit], notAfter: start }];
}

function changed(visit: Visit, context: Context): Anchor[] {
  const change = changeOf(visit, context.facts.reference);
  const { told, movedTo } = visit;
  if (!change || !told) return [];
  const next = movedTo ?? visit;
  const start = next.phase === 'booked' ? next.mirrored.fact.start : undefined;
  // What they believe and what is true: the sooner of the two that is still ahead sets the deadline.
  const ahead = [told.state.live ? told.state.start : undefined, start].filter(at => isFuture(at, context.now));
  const notAfter = earliest(...ahead);
  if (!notAfter) return [];
  const at = settlesAt(next, 'change', context);
  return [
    { id: `${visit.reference}#${told.times}`, at, visits: [visit], change: movedTo ? 'moved' : change, notAfter },
  ];
}

/** Visits that start together are one occasion: the text says the hour, and it is the same hour. */
function upcoming({ visits, now }: Context): Anchor[] {
  const booked = visits.filter(visit => visit.phase === 'booked' && isFuture(visit.mirrored.fact.start, now));
  const starts = [...new Set(booked.flatMap(visit => visit.mirrored.fact.start ?? []))].sort();
  return starts.map(start => ({
    id: start,
    at: start,
    visits: booked.filter(visit => visit.mirrored.fact.start === start),
    notAfter: start,
  }));
}

/** Anchored on the recording. What was already so when we first saw it, at an import, is history: silence. */
function recorded(trigger: Rule['trigger'], visit: Visit): Anchor[] {
  const { fact, firstSeen, changedAt } = visit.mirrored;
  const wanted =
    (trigger === 'visit-cancelled' && visit.phase === 'off' && !visit.movedTo && !visit.mirrored.deleted) ||
    (trigger === 'visit-missed' && fact.status === 'noshow') ||
    (trigger === 'visit-fulfilled' && fact.status === 'fulfilled');
  const history = firstSeen.imported && changedAt === firstSeen.at;
  if (!wanted || history || !fact.start) return [];
  if (trigger === 'visit-cancelled' && fact.start <= changedAt) return [];
  const at = trigger === 'visit-fulfilled' ? (fact.end ?? changedAt) : changedAt;
  return [{ id: `${visit.reference}@${fact.start}`, at, visits: [visit], since: changedAt }];
}

const WENT_OUT = ['sent', 'delivered', 'unknown'];

function unanswered(rule: Rule, message: MessageFact, { visits, now }: Context): Anchor[] {
  if (message.rule !== rule.of || !message.sentAt || !WENT_OUT.includes(message.state)) return [];
  const still = visits.filter(visit =>
    message.tells.some(
      t =>
        t.appointment === visit.reference &&
        visit.phase === 'booked' &&
        visit.mirrored.fact.start === t.start &&
        isFuture(t.start, now),
    ),
  );
  const start = earliest(...still.map(visit => visit.mirrored.fact.start));
  if (!start) return [];
  return [{ id: start, at: message.sentAt, visits: still, notAfter: start, since: message.sentAt }];
}

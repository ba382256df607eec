import type { Instant } from '../clock.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { nextSendingTime, previousSendingTime } from '../sending-hours.ts';
import { earliest, latest, plus } from '../time.ts';
import { isNobodysFault, isOffer, isOwed } from './capped.ts';
import type { Context } from './context.ts';
import type { MessageFact } from './facts.ts';
import type { Occasion } from './message.ts';
import { idealTime, type Moment } from './moment.ts';
import type { Telling } from './plan.ts';
import { taskWords } from './task-words.ts';
import { hasReached } from './told.ts';

interface Unwritten {
  moment: Moment;
  /** Zone of the place of the visit. */
  zone: string;
  tells: Telling[];
  /** Why it cannot be written; undefined while it can. */
  why: Reason | undefined;
}

/**
 * What cannot be written is said on the phone instead; due while it is worth saying (CON3, E6). Such a call is opened
 * in time or, except for notices, not at all; once open it stays until it is done or the occasion is over (law 9).
 */
export function callInstead(occasion: Occasion, { moment, zone, tells, why }: Unwritten): void {
  const { rule, step, anchor, context, plan } = occasion;
  const { facts, now } = context;
  const row = facts.messages.find(message => message.key === occasion.key);
  // Said already; or lost on the way, and then the escalation has it.
  if (row && (hasReached(row) || row.state === 'failed')) return;
  const reason = (why !== 'too-late' && why) || (refusalOf(row, now) ?? why);
  if (!reason || !callsInstead(reason, occasion)) return;
  // Quiet hours bind machines: a person may look at it now, and decide whether to ring.
  const unsendable = moment.sendBefore <= moment.sendAt;
  const opensAt = unsendable ? idealTime(step.when, anchor.at, zone) : moment.sendAt;
  if (opensAt > now) {
    plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
    return;
  }
  const key = `${occasion.key}#call`;
  const priority = rule.purpose === 'notice' ? 'asap' : 'routine';
  const isOpen = facts.tasks.some(task => task.key === key && task.state !== 'withdrawn');
  const isOwedLate = reason === 'channel-was-down';
  const isOverdue = rule.purpose === 'notice' || isOwedLate || (isOffer(rule) && refusalOf(row, now) !== undefined);
  if (moment.sendBefore <= now && !isOverdue && !isOpen) return;
  plan.tasks.push({
    key,
    patient: facts.reference,
    rule: rule.id,
    code: 'call-patient',
    owner: rule.owner,
    priority,
    opensAt,
    // A text loses its sense before a call does.
    dueAt: dueAt(priority, opensAt, (isOwedLate && anchor.notAfter) || moment.sendBefore, context),
    says: taskWords(CALL_SCRIPTS[rule.purpose], anchor, context),
    about: tells.map(telling => telling.appointment),
    tells,
    reason,
  });
}

const DUE = { routine: 'P1D', asap: 'PT2H' } as const;

/** Counted from the next hour at which people work; not after it is worth saying, and never before it was opened. */
function dueAt(priority: keyof typeof DUE, opensAt: Instant, worthUntil: Instant, { policy: { clinic } }: Context) {
  const atWork = nextSendingTime(opensAt, [clinic.zone], clinic.sendingHours) ?? opensAt;
  // Nobody rings at five in the morning: what loses its sense then is due the evening before.
  const worth =
    priority === 'asap'
      ? worthUntil
      : (previousSendingTime(worthUntil, [clinic.zone], clinic.sendingHours) ?? worthUntil);
  return latest(opensAt, earliest(plus(atWork, DUE[priority]), worth)) as Instant;
}

/**
 * The gate refused it at the last moment, and a refused message is not tried again; time makes it no less refused. Or it
 * waited for its channel until now, and ends with this very plan.
 */
function refusalOf(row: MessageFact | undefined, now: Instant): Reason | undefined {
  if (row?.state === 'dropped' || row?.state === 'expired') return row.reason;
  const isLost = row?.state === 'planned' && row.reason === 'channel-down' && row.sendBefore <= now;
  return isLost ? 'channel-was-down' : undefined;
}

const CALL_SCRIPTS: Record<Rule['purpose'], string> = {
  confirmation:
    'Call {{firstName}}: the visit on {{visit}} is booked. Say where it is, and ask whether the time suits.',
  reminder: 'Call {{firstName}} to remind them of the visit on {{visit}}, and ask whether they will come.',
  notice: 'Call {{firstName}}: {{change}}. Make sure that they know.',
  rebook: 'Call {{firstName}} and offer a new time: {{change}}.',
  'no-show': 'Call {{firstName}} about the missed visit on {{visit}}. No blame; offer a new time.',
  'follow-up': 'Call {{firstName}} to follow up on the visit on {{visit}}.',
  checklist: 'Call {{firstName}} about what to bring to the visit on {{visit}}.',
};

const NO_ONE_TO_CALL: Reason[] = [
  'patient-unknown',
  'patient-deceased',
  'patient-inactive',
  'patient-merged',
  'patient-restricted',
  'patient-test',
];
const UNWRITABLE: Reason[] = [
  'prefers-phone',
  'no-address',
  'address-invalid',
  'address-not-textable',
  'address-quarantined',
  'minor-without-guardian',
  'language-missing',
];
/** A patient who must know that a visit moved is called even if they may not be written to, or not in time, or if the
 *  words failed us: nobody else will tell them. */
const NOTICE_TOO: Reason[] = [
  'opted-out',
  'no-consent',
  'confidential-visit',
  'quiet-hours',
  'too-late',
  'too-close-to-visit',
  'text-expired',
  'channel-not-configured',
  'channel-was-down',
];

/** The words failed us, which is no reason for silence towards one patient (`scope.md` RSP7). An expired text is
 *  another matter: it fails all of them, and calls for a review, not for a hundred calls. */
const SPEECHLESS: Reason[] = ['text-missing', 'blank-unfilled', 'content-forbidden'];

/** Is this reason one for a phone call by a person, rather than for silence? */
function callsInstead(reason: Reason, occasion: Occasion): boolean {
  if (NO_ONE_TO_CALL.includes(reason)) return false;
  if (SPEECHLESS.includes(reason)) return true;
  const { rule, step } = occasion;
  if (isNobodysFault(reason) && rule.purpose !== 'notice') return isOwed(occasion);
  if (!step.message?.callInstead) return false;
  if (reason === 'too-late' && isOffer(rule))
    return occasion.context.facts.messages.some(one => one.key === occasion.key);
  return UNWRITABLE.includes(reason) || (rule.purpose === 'notice' && NOTICE_TOO.includes(reason));
}

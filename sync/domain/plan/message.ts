import type { Instant } from '../clock.ts';
import type { Rule, Step } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { maySendAt } from '../sending-hours.ts';
import { earliest, latest, localDate } from '../time.ts';
import type { Anchor } from './anchors.ts';
import { callInstead } from './call.ts';
import type { Context, Visit } from './context.ts';
import { idealTime, type Moment, momentOf, within } from './moment.ts';
import type { Plan, PlannedMessage, Telling } from './plan.ts';
import { isConfirmed } from './predicates.ts';
import type { Recipient } from './route.ts';
import { tellingOf } from './telling.ts';

export interface Occasion {
  rule: Rule;
  step: Step;
  anchor: Anchor;
  key: string;
  context: Context;
  plan: Plan;
}

type Wording = NonNullable<Step['message']>;

/** One step's message for one occasion: planned, or a call for a person, or a reason why neither. */
export function planMessage(occasion: Occasion): void {
  const { rule, step, anchor, key, context, plan } = occasion;
  const wording = step.message as Wording;
  const { facts, policy, now } = context;
  const confidential = anchor.visits.some(visit => visit.mirrored.fact.confidential);
  const tells = anchor.visits.flatMap(visit => tellingOf(visit, context));
  const route = context.route(confidential);
  const zone = tells[0]?.zone ?? policy.clinic.zone;
  const zones = 'recipient' in route ? route.zones : [zone];
  const ideal = momentOf(step, anchor, zone, zones, policy.clinic);
  const moment = afterNews(occasion, ideal);
  const text = approvedFor(confidential, textOf(wording, anchor, context, eveBefore(moment, tells[0] as Telling)));
  const unsayable = confidential && !policy.texts[text] ? 'confidential-visit' : undefined;
  const barred = 'cannot' in route ? route.cannot : unsayable;
  const needless = notEnrolled(occasion, ideal) ?? repeats(occasion, ideal);
  const late = tooLate(
    moment,
    maySendAt(idealTime(step.when, anchor.at, zone), zones, policy.clinic.sendingHours),
    now,
  );
  if ('recipient' in route && !barred && !needless && !late) {
    plan.messages.push(message(occasion, { route, moment, tells, text, alone: confidential }));
    if (tellsNews(rule)) plan.lookAgainAt = earliest(plan.lookAgainAt, moment.sendBefore);
  } else {
    const reason = late ?? needless ?? barred ?? 'no-address';
    const about = anchor.visits[0]?.reference ?? facts.reference;
    plan.notPlanned.push({ key, rule: rule.id, step: step.id, about, reason });
  }
  if (wording.callInstead && !needless) callInstead(occasion, { moment, zone, tells, why: barred ?? late });
}

interface Draft {
  route: Recipient;
  moment: Moment;
  tells: Telling[];
  text: string;
  /** Confidential: never joined with another visit. */
  alone: boolean;
}

function message({ rule, step, key, context }: Occasion, { route, moment, tells, text, alone }: Draft): PlannedMessage {
  const wording = step.message as Wording;
  const first = tells[0] as Telling;
  const day = first.start && localDate(first.start, first.zone);
  return {
    key,
    patient: context.facts.reference,
    rule: rule.id,
    step: step.id,
    purpose: rule.purpose,
    text,
    language: route.language,
    medium: route.medium,
    address: route.address,
    recipient: route.recipient,
    firstName: context.facts.patient?.firstName,
    addressShared: route.shared,
    zones: route.zones,
    ...moment,
    joinKey: wording.joins && !alone && day ? joinKey(route, rule, step.id, context, day) : undefined,
    asks: wording.asks,
    tells,
  };
}

/** A patient's own visits of one day join; so do those of one guardian's children. Adults who merely share a phone
 *  never do: each is told alone. */
const joinKey = (route: Recipient, rule: Rule, step: string, { facts }: Context, day: string) =>
  [route.medium, route.address, rule.id, step, day, route.asGuardian ? 'children' : facts.reference].join('|');

/** A text `x` for confidential visits is `x-sensitive`; where there is none, nothing is said (`scope.md` RSP6). */
const approvedFor = (confidential: boolean, text: string) => (confidential ? `${text}-sensitive` : text);

const eveBefore = ({ sendAt }: Moment, { start, zone }: Telling) =>
  start !== undefined && localDate(sendAt, zone) < localDate(start, zone);

function textOf(step: Wording, { visits, change }: Anchor, context: Context, eve: boolean): string {
  const first = visits[0] as Visit;
  const wording = eve ? { ...step, ...step.dayBefore } : step;
  const telehealth = (first.movedTo ?? first).mirrored.fact.telehealth;
  if (change && wording.byChange?.[change]) {
    const videoToo = change === 'moved' && telehealth && wording.byChange['now-video'];
    return videoToo || wording.byChange[change];
  }
  if (wording.confirmedText && visits.every(visit => isConfirmed(visit, context))) return wording.confirmedText;
  return (telehealth && wording.telehealthText) || wording.text;
}

/** Two of these hold from the start: there is no moment for it. The third comes with time. */
function tooLate({ sendAt, sendBefore }: Moment, civil: boolean, now: Instant): Reason | undefined {
  if (sendBefore <= sendAt) return civil ? 'too-close-to-visit' : 'quiet-hours';
  return sendBefore <= now ? 'too-late' : undefined;
}

/** What was already due when the first import brought the visit is history: an import is silent (law 5, K6). */
function notEnrolled({ rule, anchor }: Occasion, { sendAt }: Moment): Reason | undefined {
  const wasDue = ({ mirrored: { firstSeen } }: Visit) =>
    firstSeen.imported && sendAt <= (firstSeen.seenAt ?? firstSeen.at);
  return rule.trigger === 'visit-upcoming' && anchor.visits.every(wasDue) ? 'not-enrolled' : undefined;
}

/**
 * A reminder that would only repeat what was said a few hours before it is due, or since, or is about to be said.
 * Counted from when it is due, not from now: otherwise it would be sent after all once enough time had passed.
 */
function repeats({ rule, anchor, context, plan }: Occasion, { sendAt }: Moment): Reason | undefined {
  // A checklist says other things than a confirmation does.
  if (rule.trigger !== 'visit-upcoming' || rule.purpose !== 'reminder') return undefined;
  const recent = (at: Instant) => within(at, sendAt, context.policy.clinic.toldRecently);
  const repeated = anchor.visits.every(
    ({ reference, mirrored, said }) =>
      said.some(
        ({ message: { rule: by }, state: { live, start }, at }) =>
          by !== rule.id && live && start === mirrored.fact.start && recent(at),
      ) || plan.messages.some(m => tellsNews(m) && m.tells.some(t => t.appointment === reference) && recent(m.sendAt)),
  );
  return repeated ? 'told-recently' : undefined;
}

/**
 * A checklist for a visit that was booked or moved a moment ago waits for the confirmation or the notice, which waits
 * for the record to settle: it must not be the first thing to tell of it.
 */
function afterNews({ rule, anchor, plan }: Occasion, moment: Moment): Moment {
  if (rule.trigger !== 'visit-upcoming') return moment;
  const about = anchor.visits.map(visit => visit.reference);
  const news = plan.messages.filter(m => tellsNews(m) && m.tells.some(t => about.includes(t.appointment)));
  return { ...moment, sendAt: latest(moment.sendAt, ...news.map(m => m.sendAt)) ?? moment.sendAt };
}

const tellsNews = ({ purpose }: Pick<PlannedMessage, 'purpose'>) => purpose === 'confirmation' || purpose === 'notice';

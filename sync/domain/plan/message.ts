import type { Instant } from '../clock.ts';
import type { Rule, Step } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { maySendAt } from '../sending-hours.ts';
import type { Language, Text } from '../text/text.ts';
import { earliest, latest, localDate } from '../time.ts';
import type { Anchor } from './anchors.ts';
import { callInstead } from './call.ts';
import { companionsOf } from './companions.ts';
import type { Context } from './context.ts';
import { idealTime, type Moment, momentOf } from './moment.ts';
import { needless, tellsNews } from './needless.ts';
import type { Plan, PlannedMessage, Telling } from './plan.ts';
import type { Recipient } from './route.ts';
import { asSaid, tellingOf } from './telling.ts';
import { sensitiveForm, type Wording, wordingFor } from './wording.ts';

export interface Occasion {
  rule: Rule;
  step: Step;
  anchor: Anchor;
  key: string;
  context: Context;
  plan: Plan;
}

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
  const text = wordingFor(wording, anchor, moment, tells[0] as Telling, context);
  const approved = confidential ? sensitiveForm(text, policy) : text;
  const barred = 'cannot' in route ? route.cannot : approved ? undefined : 'text-missing';
  const unneeded = needless(occasion, ideal);
  const late = tooLate(
    moment,
    maySendAt(idealTime(step.when, anchor.at, zone), zones, policy.clinic.sendingHours),
    now,
  );
  if ('recipient' in route && approved && !unneeded && !late) {
    plan.messages.push(message(occasion, { route, moment, tells, text: approved, alone: confidential }));
    if (tellsNews(rule)) plan.lookAgainAt = earliest(plan.lookAgainAt, moment.sendBefore);
  } else {
    // What will be so tomorrow as well says more than that an hour has passed.
    const reason = barred ?? late ?? unneeded ?? 'no-address';
    const about = anchor.visits[0]?.reference ?? facts.reference;
    plan.notPlanned.push({ key, rule: rule.id, step: step.id, about, reason });
  }
  if (!unneeded) callInstead(occasion, { moment, zone, tells, why: barred ?? late });
}

interface Draft {
  route: Recipient;
  moment: Moment;
  tells: Telling[];
  text: string;
  /** Confidential: never joined with another visit. */
  alone: boolean;
}

/** The answers a text invites are those its words ask for. */
const ASKS: Record<Text['callToAction'], PlannedMessage['asks']> = {
  'reply-c-or-r': ['confirm', 'reschedule'],
  'reply-c': ['confirm'],
  'reply-r': ['reschedule'],
  'reply-number': [],
  'reply-start': [],
  call: [],
};

function message(occasion: Occasion, { route, moment, tells, text, alone }: Draft): PlannedMessage {
  const { rule, step, key, context } = occasion;
  const joins = alone ? undefined : joinKey(occasion, route, text, tells[0] as Telling);
  const companions = joins ? companionsOf(occasion, { text, moment, zones: route.zones }) : [];
  const all = [...tells, ...companions.flatMap(visit => tellingOf(visit, context))];
  const words = context.policy.texts[text];
  return {
    key,
    patient: context.facts.reference,
    rule: rule.id,
    step: step.id,
    purpose: rule.purpose,
    text,
    language: route.language,
    ...(route.languageMissing ? { languageMissing: true as const } : {}),
    medium: route.medium,
    address: route.address,
    recipient: route.recipient,
    firstName: context.facts.patient?.firstName,
    addressShared: route.shared,
    zones: route.zones,
    ...moment,
    joinKey: joins,
    asks: ASKS[words?.callToAction ?? 'call'],
    tells: words && rule.purpose !== 'notice' ? all.map(telling => asSaid(telling, words, context)) : all,
  };
}

/**
 * A patient's own visits of one day join; so do those of one guardian's children who may be in the same zones: what
 * leaves as one leaves at one hour. Adults who merely share a phone never do: each is told alone. Nor does what has no
 * words for several visits, such as a link for each.
 */
function joinKey({ rule, step, context }: Occasion, route: Recipient, text: string, { start, zone }: Telling) {
  const joined = context.policy.texts[text]?.[route.language as Language]?.joined?.[route.medium];
  if (!step.message?.joins || !joined || !start) return undefined;
  const whose = route.asGuardian ? `children in ${route.zones.join('+')}` : context.facts.reference;
  return [route.medium, route.address, rule.id, step.id, localDate(start, zone), whose].join('|');
}

/** Two of these hold from the start: there is no moment for it. The third comes with time. */
function tooLate({ sendAt, sendBefore }: Moment, civil: boolean, now: Instant): Reason | undefined {
  if (sendBefore <= sendAt) return civil ? 'too-close-to-visit' : 'quiet-hours';
  return sendBefore <= now ? 'too-late' : undefined;
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

import { localDate, minus } from '../time.ts';
import { type Context, changeOf, type Visit } from './context.ts';
import { keyOf } from './key.ts';
import type { Occasion } from './message.ts';
import { type Moment, momentOf } from './moment.ts';
import { needless, tellsNews } from './needless.ts';
import { holds, inPilot } from './predicates.ts';
import { stopped } from './stops.ts';
import { tellingOf } from './telling.ts';
import { stateFor, zoneOf } from './visit.ts';
import { wordingFor } from './wording.ts';

/**
 * The patient's other visits of the day that get no reminder of their own, e.g. because its moment had passed when we
 * first saw them: the one reminder of the day names them too, or its "C" would confirm half a day (`scope.md` REM, G2).
 * Only what they know of: news is told by its own message, once it has settled (B7), and in full.
 */
export function companionsOf(occasion: Occasion, { text, moment, zones }: Said): Visit[] {
  const { rule, step, anchor, context, plan } = occasion;
  const { message } = step;
  if (rule.trigger !== 'visit-upcoming' || !message) return [];
  const first = anchor.visits[0] as Visit;
  const others = context.visits.filter(
    other =>
      !anchor.visits.includes(other) &&
      other.phase === 'booked' &&
      !other.mirrored.fact.confidential &&
      dayOf(other, context) === dayOf(first, context) &&
      isKnown(other, occasion) &&
      // However late the message leaves, the visit it names is still far enough ahead.
      moment.sendBefore <= minus(startOf(other), context.policy.clinic.leastLead),
  );
  const planned = plan.messages.filter(one => one.rule === rule.id && one.step === step.id);
  return others.filter(other => {
    if (planned.some(({ tells }) => tells.some(one => one.appointment === other.reference))) return false;
    if (other.said.some(({ message }) => message.rule === rule.id)) return false;
    const [telling] = tellingOf(other, context);
    if (telling && wordingFor(message, anchorOf(other), moment, telling, context) !== text) return false;
    return isLeftOut({ ...occasion, anchor: anchorOf(other) }, zones);
  });
}

interface Said {
  text: string;
  moment: Moment;
  zones: string[];
}

/** They were told of it as it is, and no news of it is on its way. */
function isKnown(visit: Visit, { context, plan }: Occasion): boolean {
  const isNews = plan.messages.some(
    message => tellsNews(message) && message.tells.some(one => one.appointment === visit.reference),
  );
  return visit.told !== undefined && !changeOf(visit, context.facts.reference) && !isNews;
}

const startOf = ({ mirrored }: Visit) => mirrored.fact.start as string;

const anchorOf = (visit: Visit) => ({
  id: startOf(visit),
  at: startOf(visit),
  visits: [visit],
  notAfter: startOf(visit),
});

const zoneAt = ({ mirrored }: Visit, { facts, policy }: Context) =>
  zoneOf(stateFor(facts.reference, mirrored), policy.clinic);

const dayOf = (visit: Visit, context: Context) => localDate(startOf(visit), zoneAt(visit, context));

function isLeftOut(occasion: Occasion, zones: string[]): boolean {
  const { rule, step, anchor, context } = occasion;
  const visit = anchor.visits[0] as Visit;
  const chain = keyOf(context.facts.reference, rule.id, anchor.id);
  if (!holds(rule.if, visit, context, chain) || !holds(step.if, visit, context, chain)) return false;
  if (!inPilot(rule, visit, context) || stopped(rule, anchor, context)) return false;
  return needless(occasion, momentOf(step, anchor, zoneAt(visit, context), zones, context.policy.clinic)) !== undefined;
}

import type { Token } from '../facts/fact.ts';
import type { Rule } from '../policy/rule.ts';
import { byText, localDate, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import { isStillOn } from './still-on.ts';

/** Who is asked a month later why they did not come has been forgotten, not missed: old bookings are tidied up. */
const MISSED_LATELY = 'P7D';

/**
 * Anchored on the recording. What was already so when we first saw it, at an import, is history: silence. Two visits of
 * one day, missed or called off, are one occasion: the words would be the same twice.
 */
export function recorded(trigger: Rule['trigger'], context: Context): Anchor[] {
  const anchors = context.visits.flatMap(visit => recordedOf(trigger, visit, context));
  if (trigger === 'visit-fulfilled') return anchors;
  const { zone } = context.policy.clinic;
  const dayOf = ({ visits, at }: Anchor) =>
    localDate(trigger === 'visit-missed' ? (visits[0]?.mirrored.fact.start ?? at) : at, zone);
  const days = Map.groupBy(
    anchors.sort((a, b) => byText(a.at, b.at) || byText(a.id, b.id)),
    dayOf,
  );
  return [...days.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, visits: [first, ...others].flatMap(anchor => anchor.visits) }] : [],
  );
}

function recordedOf(trigger: Rule['trigger'], visit: Visit, context: Context): Anchor[] {
  const { fact, firstSeen, changedAt } = visit.mirrored;
  // Some EHRs clear the hour of what they cancel.
  const start = fact.start ?? visit.told?.state.start;
  const history = firstSeen.imported && changedAt === firstSeen.at;
  if (history || !start) return [];
  const missed = fact.status === 'noshow' && visit.phase === 'happened';
  const wanted =
    (trigger === 'visit-cancelled' && wasCalledOff(visit, context) && start > changedAt) ||
    (trigger === 'visit-missed' && missed && start <= changedAt && changedAt <= plus(start, MISSED_LATELY)) ||
    (trigger === 'visit-fulfilled' && fact.status === 'fulfilled' && visit.phase === 'happened');
  if (!wanted) return [];
  const at = trigger === 'visit-fulfilled' ? (fact.end ?? changedAt) : changedAt;
  return [{ id: `${visit.reference}@${start}`, at, visits: [visit], since: changedAt }];
}

/** A visit that the patient knew of and knows to be called off: not a slip of the hand, not half of a move. Nobody is
 *  offered a new time for a visit that they still mean to come to. */
const wasCalledOff = (visit: Visit, context: Context) =>
  visit.phase === 'off' &&
  knowsItIsOff(visit, context) &&
  !visit.mirrored.deleted &&
  visit.mirrored.fact.status !== 'entered-in-error' &&
  !visit.mirrored.fact.cancelReason.includes(BY_MISTAKE) &&
  !visit.movedTo &&
  !wasToldAsMove(visit) &&
  !wasMoveUndone(visit, context) &&
  !isStillOn(visit, context);

/** Where no rule tells of changes, the practice does so itself. */
const knowsItIsOff = ({ told }: Visit, { policy: { rules } }: Context) =>
  told !== undefined &&
  (!told.state.live ||
    (told.by === 'practice' && !rules.some(({ active, trigger }) => active && trigger === 'visit-changed')));

const BY_MISTAKE: Token = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason|oth-err';

const wasToldAsMove = ({ said, reference }: Visit) =>
  said.at(-1)?.message.tells.some(telling => telling.live && telling.appointment !== reference) === true &&
  said.at(-1)?.state.live === false;

/** It had replaced a visit that is on again. */
const wasMoveUndone = ({ said, reference }: Visit, { visits }: Context) =>
  said.some(({ message, state }) => {
    const replaced = state.live ? message.tells.filter(one => !one.live && one.appointment !== reference) : [];
    return visits.some(other => other.phase === 'booked' && replaced.some(one => one.appointment === other.reference));
  });

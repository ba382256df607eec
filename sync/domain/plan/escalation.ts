import type { Instant } from '../clock.ts';
import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { byText, earliest, plus } from '../time.ts';
import type { Anchor } from './anchors.ts';
import type { Context, Visit } from './context.ts';
import type { MessageFact } from './facts.ts';
import { chainOf, keyOf } from './key.ts';
import type { Plan, Telling } from './plan.ts';
import { openTask } from './task.ts';
import { isFuture } from './visit.ts';

/** Outcomes after which only a person can reach this patient. An opt-out is not one: it is the patient's wish. */
const UNREACHED: MessageFact['state'][] = ['failed', 'unknown'];

interface Chain {
  rule: Rule;
  anchor: Anchor;
  /** What the keys of its messages and Tasks begin with. */
  chain: string;
  context: Context;
  plan: Plan;
}

/** The person who takes over: after silence, or when the message could not be delivered (law 9, TRG7). */
export function planEscalation({ rule, anchor, chain, context, plan }: Chain): void {
  const { facts, now } = context;
  const { escalation } = rule;
  const ours = (context.chains.get(chain) ?? []).toSorted(bySending);
  const task = (suffix: string, opensAt: Instant, reason?: Reason, tells?: Telling[]) =>
    openTask({ rule, task: escalation.task, opensAt, anchor, key: `${chain}${suffix}`, context, plan, reason, tells });
  const lost = ours.find(message => UNREACHED.includes(message.state));
  if (lost && escalation.on.includes('undeliverable'))
    task('#undelivered', goneAt(lost), lost.state === 'unknown' ? 'outcome-unknown' : 'undeliverable', lost.tells);
  const last = ours.filter(message => ['sent', 'delivered'].includes(message.state)).at(-1);
  if (!last || !escalation.on.includes('silence') || !isLastStep(rule, last)) return;
  const silentSince = goneAt(last);
  if (facts.heardAt.some(at => at >= silentSince)) return;
  const opensAt = plus(silentSince, escalation.after);
  if (opensAt <= now) task('#silence', opensAt);
  else plan.lookAgainAt = earliest(plan.lookAgainAt, opensAt);
}

const goneAt = ({ sentAt, sendAt }: MessageFact): Instant => sentAt ?? sendAt;
const bySending = (a: MessageFact, b: MessageFact) => byText(goneAt(a), goneAt(b)) || byText(a.key, b.key);

const isLastStep = (rule: Rule, message: MessageFact) => rule.steps.findLast(step => step.message)?.id === message.step;

/**
 * Occasions that ended by being told, or by taking the patient for told: what became of the message still matters, for
 * as long as the visit is ahead and nothing later was said about it.
 */
export function spokenAnchors(rule: Rule, anchors: Anchor[], { facts, visits, now }: Context): Anchor[] {
  if (rule.trigger !== 'visit-booked' && rule.trigger !== 'visit-changed') return [];
  const prefix = keyOf(facts.reference, rule.id, '');
  const known = new Set(anchors.flatMap(anchor => (anchor.off ? [] : [anchor.id])));
  return facts.messages.flatMap((message): Anchor[] => {
    if (message.rule !== rule.id || ![...UNREACHED, 'sent', 'delivered'].includes(message.state)) return [];
    const id = chainOf(message).slice(prefix.length);
    const open = visits.filter(visit => isOpen(message, visit, now));
    if (known.has(id) || open.length === 0) return [];
    known.add(id);
    return [{ id, at: goneAt(message), since: goneAt(message), visits: open }];
  });
}

function isOpen(message: MessageFact, { reference, said, mirrored, phase, told }: Visit, now: Instant): boolean {
  // What left a change unsaid has not told it.
  const later = said.filter(({ state }) => !state.unsaid?.length).at(-1);
  const superseded = later !== undefined && later.message.key !== message.key && later.at >= goneAt(message);
  const start = phase === 'off' ? told?.state.start : mirrored.fact.start;
  return message.tells.some(one => one.appointment === reference) && !superseded && isFuture(start, now);
}

import type { Rule } from '../policy/rule.ts';
import type { Reason } from '../reasons.ts';
import { keyOf } from './key.ts';
import type { Occasion } from './message.ts';
import type { PlannedTask } from './plan.ts';
import { hasReached } from './told.ts';

const NOBODYS_FAULT: Reason[] = ['daily-cap', 'weekly-cap', 'channel-was-down'];

/**
 * No fault of the words or of the number: the address has had its share, often of messages to others of the family, or
 * the channel was down for as long as this was worth saying.
 */
export const isNobodysFault = (reason: Reason): boolean => NOBODYS_FAULT.includes(reason);

/** The one message that keeps a lost visit from being a lost patient: it is made up for whenever it was not sent. */
export const isOffer = ({ purpose }: Pick<Rule, 'purpose'>): boolean => purpose === 'rebook' || purpose === 'no-show';

/**
 * A reminder that was lost so is owed on the phone where none reached this patient for this hour; one call for
 * all of them, whichever was lost first. What is no reminder may be left out.
 */
export function isOwed({ rule, anchor, context, plan, key }: Occasion): boolean {
  const { facts } = context;
  if (isOffer(rule)) return true;
  if (rule.trigger !== 'visit-upcoming' || rule.purpose !== 'reminder') return false;
  const reminders = facts.messages.filter(message => message.purpose === 'reminder' && hasReached(message));
  const told = reminders.flatMap(message => message.tells.filter(telling => telling.live));
  const isReminded = anchor.visits.every(({ reference, mirrored }) =>
    told.some(telling => telling.appointment === reference && telling.start === mirrored.fact.start),
  );
  const calls = facts.tasks.filter(task => task.state !== 'withdrawn' && isCallFor(anchor.id, task));
  const isOurs = calls.some(task => task.key.startsWith(`${key}#`));
  const isOther = calls.length > 0 || plan.tasks.some(task => isCallFor(anchor.id, task));
  return !isReminded && (isOurs || !isOther);
}

const isCallFor = (occasion: string, { key, patient, rule, reason }: PlannedTask): boolean =>
  reason !== undefined && isNobodysFault(reason) && key.startsWith(`${keyOf(patient, rule, occasion)}#`);

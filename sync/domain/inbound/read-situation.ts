import type { Instant } from '../clock.ts';
import { mayReadAt } from '../plan/route.ts';
import type { Policy } from '../policy/policy.ts';
import { barredAt } from './barred.ts';
import type { Situation } from './decision.ts';
import { type KnownPatient, lastSaid, promptsFor, type Written } from './prompt.ts';
import { untoldVisits } from './untold.ts';

/** What only the tables know of an address. */
type Remembered = Pick<Situation, 'question' | 'stopped' | 'chatty' | 'answered'>;

/** What is known of the address a message came from; `known`: everybody who can be reached there. */
export function readSituation(
  known: KnownPatient[],
  written: Written & { medium: 'sms' | 'email' },
  policy: Policy,
  now: Instant,
  remembered: Remembered,
): Situation {
  const { address, medium } = written;
  const writers = known.filter(one => one.patient?.active);
  const readable = known.filter(facts => mayReadAt(address, facts, policy, now));
  const prompts = promptsFor(readable, written, policy, now);
  return {
    now,
    patients: writers.map(one => one.reference),
    prompts,
    untold: untoldVisits(readable, prompts, policy, now),
    last: lastSaid(readable, written),
    barred: barredAt(address, medium, writers, policy, now),
    ...remembered,
  };
}

import type { Instant } from '../clock.ts';
import { contextOf } from '../plan/context.ts';
import type { PatientFacts } from '../plan/facts.ts';
import { isFuture, stateFor, zoneOf } from '../plan/visit.ts';
import type { Policy } from '../policy/policy.ts';
import type { Prompt } from './prompt.ts';

/** Visits ahead of which nothing has been said at this address: "my visit on Friday" may be one of them. */
export function untoldVisits(
  patients: PatientFacts[],
  prompts: Prompt[],
  policy: Policy,
  now: Instant,
): { start: Instant; zone: string }[] {
  const told = new Set(prompts.map(({ patient, appointment }) => `${patient} ${appointment}`));
  return patients.flatMap(facts =>
    contextOf(facts, policy, now).visits.flatMap(({ phase, reference, mirrored }) => {
      const { start } = mirrored.fact;
      if (phase !== 'booked' || !start || !isFuture(start, now) || told.has(`${facts.reference} ${reference}`))
        return [];
      return [{ start, zone: zoneOf(stateFor(facts.reference, mirrored), policy.clinic) }];
    }),
  );
}

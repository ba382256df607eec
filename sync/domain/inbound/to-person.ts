import type { Reference } from '../facts/fact.ts';
import type { Decision, Situation } from './decision.ts';

/**
 * Nobody but a person can tell what it means, or whom: it waits for one, and the writer is told so, and where to turn
 * in an emergency; also after a STOP, for they have just asked us something.
 */
export function toPerson({ patients, chatty }: Situation, alone: Reference[]): Decision {
  const known = patients.length > 0;
  const code = known ? 'answer-patient' : 'identify-sender';
  const text = known ? 'answer-received' : 'answer-unknown-sender';
  return {
    outcome: known ? 'to-person' : 'unknown-sender',
    patients: alone,
    replies: [],
    tasks: [{ code, patient: alone[0] ?? '', priority: 'urgent', about: [] }],
    ...(chatty ? {} : { answer: { text, patient: alone[0] ?? '', tells: [] } }),
  };
}

/** What is said about a visit is not said to an address that has stopped us, nor to what may be a machine. */
export const isSilent = ({ stopped, chatty }: Situation): boolean => stopped || chatty;

import type { Reference } from '../domain/facts/fact.ts';
import type { ReplyFact } from '../domain/plan/facts.ts';
import type { Telling } from '../domain/plan/plan.ts';
import { changeBetween, stateFor } from '../domain/plan/visit.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from '../store/database.ts';
import { mirroredVisit } from '../store/facts.ts';
import type { MessageRow } from '../store/message-row.ts';
import { overtakenBy } from '../store/reply.ts';

/** An answer held back may have been overtaken by what the same patient has said of the same visit since. */
const SAID_SINCE: Record<ReplyFact['meaning'], Reason> = {
  confirm: 'confirmed-already',
  cancel: 'answered-already',
  reschedule: 'reschedule-open',
};

/** An answer that is not sent for one of these leaves nobody waiting: what came since is told by itself. */
export const OUTDATED: Reason[] = [
  ...Object.values(SAID_SINCE),
  'visit-unusable',
  'visit-cancelled',
  'visit-moved',
  'visit-changed',
];

/** Answers are named by the message they answer (`say-answer.ts`). */
const inboundOf = (key: string) => key.slice(key.lastIndexOf('|') + 1);

/**
 * Why an answer would now say what is no more so: "you are confirmed" for a visit called off since the patient wrote, or
 * after they wrote that they cannot come. No plan makes answers and none takes them back, so each is held here against
 * what was said since, and each visit it names against the record. What is new is told by its notice, and what was said
 * since has an answer of its own.
 */
export async function outdated(sql: Sql, { key, patient, purpose, tells }: MessageRow): Promise<Reason | undefined> {
  if (purpose !== 'answer') return undefined;
  const taken = (await overtakenBy(sql, inboundOf(key))).find(({ meaning, by }) => meaning !== by);
  if (taken) return SAID_SINCE[taken.by];
  for (const telling of tells) {
    const reason = await reasonAgainst(sql, patient, telling);
    if (reason) return reason;
  }
  return undefined;
}

async function reasonAgainst(sql: Sql, patient: Reference, telling: Telling): Promise<Reason | undefined> {
  const visit = await mirroredVisit(sql, telling.appointment);
  if (!visit) return 'visit-unusable';
  const { mirrored, patients } = visit;
  // One answer may speak for the visits of several children; the row names the first of them.
  const whose = patients.includes(patient) ? [patient] : patients;
  const changes = whose.map(one => changeBetween(telling, stateFor(one, mirrored), mirrored.fact));
  if (changes.includes(undefined)) return undefined;
  const [change] = changes;
  if (change === 'cancelled' || change === 'cancelled-by-patient') return 'visit-cancelled';
  return change === 'moved' || change === 'moved-video' ? 'visit-moved' : 'visit-changed';
}

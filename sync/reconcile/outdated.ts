import type { Reference } from '../domain/facts/fact.ts';
import type { Telling } from '../domain/plan/plan.ts';
import { changeBetween, stateFor } from '../domain/plan/visit.ts';
import type { Reason } from '../domain/reasons.ts';
import type { Sql } from '../store/database.ts';
import { mirroredVisit } from '../store/facts.ts';
import type { MessageRow } from '../store/message-row.ts';

/**
 * Why an answer would now say what is no more so: "you are confirmed" for a visit called off since the patient wrote.
 * No plan makes answers and none takes them back, so each visit they name is held against the record here. What is
 * new is told by its notice.
 */
export async function outdated(sql: Sql, { patient, purpose, tells }: MessageRow): Promise<Reason | undefined> {
  if (purpose !== 'answer') return undefined;
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

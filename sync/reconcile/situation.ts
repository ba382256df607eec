import type { Instant } from '../domain/clock.ts';
import type { Situation } from '../domain/inbound/decision.ts';
import { isClosed, type KnownPatient, type Prompt } from '../domain/inbound/prompt.ts';
import { readSituation } from '../domain/inbound/read-situation.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { minus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { messagesOf } from '../store/find-messages.ts';
import { stopsAt } from '../store/opt-out.ts';
import { peopleAt } from '../store/patient.ts';
import { questionFor } from '../store/question.ts';
import { answersSince, lastMessageTo } from '../store/sent-to.ts';
import type { Service } from './service.ts';

/** A question is open this long; a "2" that comes later means something else. */
const QUESTION_OPEN = 'P1D';
/** Two machines answering each other stop here; a person looks instead. */
const ANSWERS_AN_HOUR = 6;

/** What is known of the address a message came from, at the moment it is looked at, and of who may have written it. */
export async function situationOf(
  service: Service,
  sql: Sql,
  { address, medium, received_at: at }: { address: string; medium: 'sms' | 'email'; received_at: Instant },
): Promise<{ situation: Situation; writers: PatientFacts[] }> {
  const now = service.clock();
  const policy = await service.policy();
  const known: KnownPatient[] = [];
  for (const patient of new Set((await peopleAt(sql, [address])).map(row => row.patient))) {
    const rows = await messagesOf(sql, patient);
    const batches = new Map(rows.flatMap(row => (row.batch ? [[row.key, row.batch] as const] : [])));
    known.push({ ...(await factsOf(sql, patient)), batches });
  }
  const question = await questionFor<{ meaning: 'confirm' | 'cancel' | 'reschedule'; options: Prompt[] }>(
    sql,
    address,
    minus(now, QUESTION_OPEN),
  );
  const situation = readSituation(known, { address, medium, at }, policy, now, {
    question,
    stopped: (await stopsAt(sql, [address])).some(one => one.medium === medium),
    chatty: (await answersSince(sql, address, minus(now, 'PT1H'))) >= ANSWERS_AN_HOUR,
    answered: isClosed(await lastMessageTo(sql, address, at)),
  });
  return { situation, writers: known.filter(one => situation.patients.includes(one.reference)) };
}

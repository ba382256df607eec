import { barredAt } from '../domain/inbound/barred.ts';
import type { Situation } from '../domain/inbound/decision.ts';
import { lastSaid, type Prompt, promptsFor } from '../domain/inbound/prompt.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { minus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { messagesOf } from '../store/find-messages.ts';
import { stopsAt } from '../store/opt-out.ts';
import { peopleAt } from '../store/patient.ts';
import { questionFor } from '../store/question.ts';
import { answersSince } from '../store/sent-to.ts';
import type { Service } from './service.ts';

type KnownPatient = Parameters<typeof promptsFor>[0][number];

/** A question is open this long; a "2" that comes later means something else. */
const QUESTION_OPEN = 'P1D';
/** Two machines answering each other stop here; a person looks instead. */
const ANSWERS_AN_HOUR = 6;

/** What is known of the address a message came from, at the moment it is looked at, and of who may have written it. */
export async function situationOf(
  service: Service,
  sql: Sql,
  { address, medium }: { address: string; medium: 'sms' | 'email' },
): Promise<{ situation: Situation; writers: PatientFacts[] }> {
  const now = service.clock();
  const policy = await service.policy();
  const known: KnownPatient[] = [];
  for (const patient of new Set((await peopleAt(sql, [address])).map(row => row.patient))) {
    const rows = await messagesOf(sql, patient);
    const batches = new Map(rows.flatMap(row => (row.batch ? [[row.key, row.batch] as const] : [])));
    known.push({ ...(await factsOf(sql, patient)), batches });
  }
  const writers = known.filter(one => one.patient?.active);
  const question = await questionFor<{ meaning: 'confirm' | 'cancel' | 'reschedule'; options: Prompt[] }>(
    sql,
    address,
    minus(now, QUESTION_OPEN),
  );
  const situation = {
    now,
    patients: writers.map(one => one.reference),
    prompts: promptsFor(known, address, policy, now),
    last: lastSaid(known, address),
    question,
    stopped: (await stopsAt(sql, [address])).some(one => one.medium === medium),
    chatty: (await answersSince(sql, address, minus(now, 'PT1H'))) >= ANSWERS_AN_HOUR,
    barred: barredAt(address, medium, writers, policy, now),
  };
  return { situation, writers };
}

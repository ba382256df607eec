import type { Instant } from '../domain/clock.ts';
import { answerTaskWords } from '../domain/inbound/answer-task-words.ts';
import type { AnswerTask, Decision } from '../domain/inbound/decision.ts';
import { whoWrote } from '../domain/inbound/who-wrote.ts';
import { type OpeningHours, promisedBy } from '../domain/opening-hours.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { PatientFacts, TaskFact } from '../domain/plan/facts.ts';
import type { PlannedTask } from '../domain/plan/plan.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import type { lockInbound } from '../store/inbound.ts';
import type { Entry } from '../store/journal.ts';
import { closeTask, openTasks, tasksOf } from '../store/task.ts';
import type { Service } from './service.ts';

export type InboundMessageRow = NonNullable<Awaited<ReturnType<typeof lockInbound>>>;

/** Hours in which somebody is there: a working day, and what patients are promised. */
const DUE = { routine: 'PT8H', urgent: 'PT2H' } as const;

/** What cannot wait does not wait for the doors to open either. */
export const dueBy = (priority: AnswerTask['priority'], now: Instant, hours: OpeningHours): Instant =>
  priority === 'asap' ? plus(now, 'PT1H') : promisedBy(now, hours, DUE[priority]);

/**
 * Opens them in the caller's transaction; answers with what the journal has to hold of it, once all else is done.
 * `writers`: everybody who may have written it.
 */
export async function openAnswerTasks(
  service: Service,
  sql: Sql,
  inbound: InboundMessageRow,
  tasks: AnswerTask[],
  writers: PatientFacts[],
): Promise<Entry[]> {
  const now = service.clock();
  const policy = await service.policy();
  const from = { address: inbound.address, at: now, clinic: policy.clinic };
  const entries: Entry[] = [];
  for (const { code, patient, priority, about } of tasks) {
    const possible = writers.filter(({ reference }) => !patient || reference === patient);
    const task: PlannedTask = {
      key: `${patient}|${ANSWERING}|${inbound.id}#${[code, ...about].join('+')}`,
      patient,
      rule: ANSWERING,
      code,
      owner: policy.clinic.answersPatients,
      priority,
      opensAt: now,
      dueAt: dueBy(priority, now, policy.clinic),
      says: answerTaskWords({ code, who: whoWrote(possible, from), address: inbound.address, body: inbound.body }),
      about,
      inbound: inbound.id,
      ...(patient ? {} : { candidates: possible.map(({ reference }) => reference) }),
    };
    await openTasks(sql, [{ id: service.newId(), plan: task }], now);
    entries.push({
      at: now,
      who: 'loopkeeper',
      what: 'open',
      ...(patient ? { patient } : {}),
      key: task.key,
      detail: { code },
    });
  }
  return entries;
}

/** A "yes" after a "no": what the "no" asked staff to do, nobody wants any more. Answers with entries for the journal. */
export async function closeTakenBack(sql: Sql, { replies }: Decision, at: Instant): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const { patient, reply } of replies.filter(one => one.reply.meaning === 'confirm'))
    for (const { key } of (await tasksOf(sql, patient)).filter(task => isTakenBack(task, reply.appointment))) {
      await closeTask(sql, key, 'withdrawn', 'confirmed-already', at);
      entries.push({ at, who: 'patient', what: 'close', patient, key, reason: 'confirmed-already' });
    }
  return entries;
}

const isTakenBack = ({ state, rule, code, about }: TaskFact, appointment: string): boolean =>
  state === 'open' &&
  rule === ANSWERING &&
  ['cancel-request', 'reschedule-request', 'maybe-cancel-visit'].includes(code) &&
  about.length === 1 &&
  about[0] === appointment;

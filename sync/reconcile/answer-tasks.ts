import { answerTaskWords } from '../domain/inbound/answer-task-words.ts';
import type { AnswerTask } from '../domain/inbound/decision.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import type { PlannedTask } from '../domain/plan/plan.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import type { lockInbound } from '../store/inbound.ts';
import type { Entry } from '../store/journal.ts';
import { openTask } from '../store/task.ts';
import type { Service } from './service.ts';

export type InboundMessageRow = NonNullable<Awaited<ReturnType<typeof lockInbound>>>;

const DUE = { routine: 'P1D', urgent: 'PT2H', asap: 'PT1H' } as const;

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
      dueAt: plus(now, DUE[priority]),
      says: answerTaskWords({ code, names: possible.map(nameOf), address: inbound.address, body: inbound.body }),
      about,
      inbound: inbound.id,
      ...(patient ? {} : { candidates: possible.map(({ reference }) => reference) }),
    };
    await openTask(sql, service.newId(), task, now);
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

const nameOf = ({ patient }: PatientFacts): string => patient?.firstName ?? 'a patient without a name';

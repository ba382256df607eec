import type { Decision } from '../domain/inbound/decision.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import type { lockInbound } from '../store/inbound.ts';
import type { Entry } from '../store/journal.ts';
import { openTask } from '../store/task.ts';
import type { Service } from './service.ts';

export type InboundMessageRow = NonNullable<Awaited<ReturnType<typeof lockInbound>>>;

/** What staff are asked to do, by code; the words of the patient follow. Inside the chart they may stand. */
export const ASKS: Record<string, string> = {
  'answer-patient': 'wrote to us and needs an answer.',
  'identify-sender': 'Somebody we do not know wrote to us. Find out who it is, and answer.',
  'reschedule-request': 'asks for another time. Find one, and tell them.',
  'cancel-request': 'asks to cancel the visit. Cancel it in the EHR, or call.',
  'maybe-cancel-visit': 'sent CANCEL, which stops our texts, but may have meant the visit. Call and ask.',
  'opted-out': 'shares a number that has stopped our texts. Offer another way to hear from us.',
  'wrong-number': 'does not use this number (any more), says whoever does. Ask for the right one.',
};

const DUE = { routine: 'P1D', urgent: 'PT2H', asap: 'PT1H' } as const;

/** Opens them in the caller's transaction; answers with what the journal has to hold of it, once all else is done. */
export async function openAnswerTasks(
  service: Service,
  sql: Sql,
  inbound: InboundMessageRow,
  tasks: Decision['tasks'],
): Promise<Entry[]> {
  const now = service.clock();
  const policy = await service.policy();
  const entries: Entry[] = [];
  for (const { code, patient, priority, about } of tasks) {
    const name = patient
      ? ((await factsOf(sql, patient)).patient?.firstName ?? 'The patient')
      : 'One of several patients at a shared number';
    const asks = ASKS[code] ?? 'needs a person.';
    const says = `${code === 'identify-sender' ? asks : `${name} ${asks}`} They wrote: “${inbound.body}”`;
    const key = `${patient}|${ANSWERING}|${inbound.id}#${[code, ...about].join('+')}`;
    const owner = policy.clinic.answersPatients;
    const dueAt = plus(now, DUE[priority]);
    await openTask(
      sql,
      service.newId(),
      { key, patient, rule: ANSWERING, code, owner, priority, opensAt: now, dueAt, says, about },
      now,
    );
    entries.push({ at: now, who: 'loopkeeper', what: 'open', ...(patient ? { patient } : {}), key, detail: { code } });
  }
  return entries;
}

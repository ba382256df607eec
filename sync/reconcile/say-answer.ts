import type { Instant } from '../domain/clock.ts';
import type { AnswerTask, Decision } from '../domain/inbound/decision.ts';
import type { Prompt } from '../domain/inbound/prompt.ts';
import { isOpen } from '../domain/opening-hours.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { PlannedMessage } from '../domain/plan/plan.ts';
import type { Clinic } from '../domain/policy/clinic.ts';
import type { Language, Variables } from '../domain/text/text.ts';
import { type VisitMoment, visitList, visitWords } from '../domain/text/visit-words.ts';
import { latest, plus } from '../domain/time.ts';
import { newTraceparent } from '../domain/trace.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { createMessages } from '../store/planned-message.ts';
import { dueBy, type InboundMessageRow } from './answer-tasks.ts';
import type { Service } from './service.ts';

/** An answer that has not left by then has lost its sense. */
const WORTH = 'PT1H';

/** Plans the approved answer to go at once, to where the message came from (ACK10). One answer to one message. */
export async function sayAnswer(
  service: Service,
  sql: Sql,
  inbound: InboundMessageRow,
  { answer, tasks }: Decision,
  language: Language,
): Promise<void> {
  if (!answer) return;
  const now = service.clock();
  const policy = await service.policy();
  const { patient, tells, list } = answer;
  const facts = patient ? await factsOf(sql, patient) : undefined;
  const { clinic } = policy;
  const blanks: Variables = {
    team: clinic.owners[clinic.answersPatients]?.[language] ?? clinic.name,
    answerBy: answerBy(tasks, now, clinic, language),
    ...(list ? { visits: visitList(momentsOf(list, language, now)) } : {}),
  };
  const plan: PlannedMessage = {
    key: `${patient}|${ANSWERING}|${inbound.id}`,
    patient,
    rule: ANSWERING,
    step: 'answer',
    purpose: 'answer',
    text: answer.text === 'answer-received' && !isOpen(now, clinic) ? 'answer-received-closed' : answer.text,
    language,
    medium: inbound.medium,
    address: inbound.address,
    recipient: patient,
    firstName: facts?.patient?.firstName,
    addressShared: false,
    zones: [clinic.zone],
    sendAt: now,
    sendBefore: plus(now, WORTH),
    asks: [],
    blanks,
    tells,
  };
  await createMessages(sql, [{ id: service.newId(), plan, traceparent: newTraceparent(inbound.id) }], now);
}

/** No sooner than all that was asked of somebody for this message is due. */
function answerBy(tasks: AnswerTask[], now: Instant, clinic: Clinic, language: Language): string {
  const due = tasks.map(({ priority }) => dueBy(priority, now, clinic));
  const start = latest(...due) ?? dueBy('urgent', now, clinic);
  const { weekdayDate, time } = visitWords({ start, zone: clinic.zone, language, nameZone: false, now });
  return `${weekdayDate}, ${time}`;
}

/** By the hour they were told; with its zone where the visits are not all in one. */
function momentsOf(list: Prompt[], language: Language, now: Instant): VisitMoment[] {
  const nameZone = new Set(list.map(prompt => prompt.told.zone)).size > 1;
  const several = new Set(list.map(prompt => prompt.patient)).size > 1;
  return list.map(({ told, start, firstName }) => ({
    start,
    zone: told.zone,
    language,
    nameZone,
    now,
    ...(several && firstName ? { firstName } : {}),
  }));
}

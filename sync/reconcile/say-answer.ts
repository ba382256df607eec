import type { Decision } from '../domain/inbound/decision.ts';
import type { Prompt } from '../domain/inbound/prompt.ts';
import { ANSWERING } from '../domain/plan/diff.ts';
import type { Language, Variables } from '../domain/text/text.ts';
import { type VisitMoment, visitList, visitWords } from '../domain/text/visit-words.ts';
import { plus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { createMessage } from '../store/planned-message.ts';
import type { InboundMessageRow } from './answer-tasks.ts';
import type { Service } from './service.ts';

/** An answer that has not left by then has lost its sense. */
const WORTH = 'PT1H';

/** Plans the approved answer to go at once, to where the message came from (ACK10). One answer to one message. */
export async function sayAnswer(
  service: Service,
  sql: Sql,
  inbound: InboundMessageRow,
  { answer }: Decision,
  language: Language,
): Promise<void> {
  if (!answer) return;
  const now = service.clock();
  const policy = await service.policy();
  const { patient, tells, list } = answer;
  const facts = patient ? await factsOf(sql, patient) : undefined;
  const promised = visitWords({ start: plus(now, 'PT2H'), zone: policy.clinic.zone, language, nameZone: false });
  const blanks: Variables = {
    team: policy.clinic.owners[policy.clinic.answersPatients]?.[language] ?? policy.clinic.name,
    answerBy: `${promised.weekdayDate} ${promised.time}`,
    ...(list ? { visits: visitList(momentsOf(list, language)) } : {}),
  };
  await createMessage(
    sql,
    service.newId(),
    {
      key: `${patient}|${ANSWERING}|${inbound.id}`,
      patient,
      rule: ANSWERING,
      step: 'answer',
      purpose: 'answer',
      text: answer.text,
      language,
      medium: inbound.medium,
      address: inbound.address,
      recipient: patient,
      firstName: facts?.patient?.firstName,
      addressShared: false,
      zones: [policy.clinic.zone],
      sendAt: now,
      sendBefore: plus(now, WORTH),
      asks: [],
      blanks,
      tells,
    },
    now,
  );
}

/** By the hour they were told; with its zone where the visits are not all in one. */
function momentsOf(list: Prompt[], language: Language): VisitMoment[] {
  const nameZone = new Set(list.map(prompt => prompt.told.zone)).size > 1;
  const several = new Set(list.map(prompt => prompt.patient)).size > 1;
  return list.map(({ told, start, firstName }) => ({
    start,
    zone: told.zone,
    language,
    nameZone,
    ...(several && firstName ? { firstName } : {}),
  }));
}

import type { InboundMessage } from '../channels/channel.ts';
import { decide } from '../domain/inbound/decide.ts';
import type { Decision, Situation } from '../domain/inbound/decision.ts';
import { type Reply, readReply } from '../domain/inbound/keywords.ts';
import { type Prompt, promptsFor } from '../domain/inbound/prompt.ts';
import { minus } from '../domain/time.ts';
import type { Sql } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { messagesOf } from '../store/find-messages.ts';
import { handled, lockInbound, recordInbound, unhandledInbound } from '../store/inbound.ts';
import { record } from '../store/journal.ts';
import { lift, stop, stopsAt } from '../store/opt-out.ts';
import { bumpGeneration, peopleAt } from '../store/patient.ts';
import { putQuestion, questionFor, takeQuestion } from '../store/question.ts';
import { addReply } from '../store/reply.ts';
import { answersSince } from '../store/sent-to.ts';
import { openAnswerTasks } from './answer-tasks.ts';
import { repliesOf } from './compiled.ts';
import { sayAnswer } from './say-answer.ts';
import type { Service } from './service.ts';

/** Durable when this returns; what it means is worked out afterwards. The same provider message twice is one. */
export async function receive(service: Service, message: InboundMessage): Promise<void> {
  const { database, clock, newId } = service;
  const id = newId();
  const now = clock();
  const { providerKeyword, ...row } = message;
  const fresh = await database.sql.transaction().execute(async sql => {
    if (!(await recordInbound(sql, { ...row, id, keyword: providerKeyword }, now))) return false;
    await record(sql, [{ at: now, who: 'patient', what: 'receive', key: id, detail: { channel: message.channel } }]);
    return true;
  });
  if (fresh) await service.ask('answer', id);
}

/** Everything received and not yet handled. Returns how many messages were looked at. */
export async function answerAll(service: Service): Promise<number> {
  const ids = await unhandledInbound(service.database.sql, 50);
  for (const id of ids) await answer(service, id);
  return ids.length;
}

/** One message, in one transaction: what it means, what it changes, who is asked, what is said back. */
export async function answer(service: Service, id: string): Promise<void> {
  const policy = await service.policy();
  const now = service.clock();
  await service.database.sql.transaction().execute(async sql => {
    const row = await lockInbound(sql, id);
    if (!row) return;
    const situation = await situationOf(service, sql, row.address, row.medium);
    const question = situation.question && { options: situation.question.options.length };
    const reading = row.keyword
      ? heardByProvider(row.keyword, row.body)
      : readReply(row.body, repliesOf(policy), { openQuestion: question });
    const decision = decide(reading, situation);
    // The provider answers its own keywords; after a STOP it would refuse ours.
    if (row.keyword) delete decision.answer;
    const { address, medium } = row;
    if (decision.stop) await stop(sql, { address, medium, kind: decision.stop, at: now, source: `inbound/${id}` });
    if (decision.lift) await lift(sql, address, medium, now);
    for (const { patient, reply } of decision.replies) await addReply(sql, id, patient, reply);
    if (decision.ask) await putQuestion(sql, address, decision.ask, now);
    else await takeQuestion(sql, address);
    const opened = await openAnswerTasks(service, sql, row, decision.tasks);
    await sayAnswer(service, sql, row, decision, reading.language);
    await handled(sql, id, decision.patients, decision.outcome, now);
    await bumpGeneration(sql, [...situation.patients, ...decision.patients]);
    await record(sql, [entryOf(decision, id, now), ...opened]);
  });
}

/** The carrier has acted on the word already; whether a visit was meant is still ours to ask (D5). */
const heardByProvider = (meaning: 'stop' | 'start' | 'help', body: string): Reply => ({
  meaning,
  certainty: 'exact',
  ...(/cancel/i.test(body) ? { alsoMaybe: 'cancel-visit' } : {}),
});

const entryOf = (decision: Decision, id: string, at: string) => ({
  at,
  who: 'loopkeeper',
  what: 'answer',
  patient: decision.patients[0],
  key: id,
  detail: { outcome: decision.outcome, text: decision.answer?.text },
});

type KnownPatient = Parameters<typeof promptsFor>[0][number];

/** A question is open this long; a "2" that comes later means something else. */
const QUESTION_OPEN = 'P1D';
/** Two machines answering each other stop here; a person looks instead. */
const ANSWERS_AN_HOUR = 6;

async function situationOf(service: Service, sql: Sql, address: string, medium: 'sms' | 'email'): Promise<Situation> {
  const now = service.clock();
  const policy = await service.policy();
  const patients = [...new Set((await peopleAt(sql, [address])).map(row => row.patient))];
  const known: KnownPatient[] = [];
  for (const patient of patients) {
    const rows = await messagesOf(sql, patient);
    const batches = new Map(rows.flatMap(row => (row.batch ? [[row.key, row.batch] as const] : [])));
    known.push({ ...(await factsOf(sql, patient)), batches });
  }
  const stops = await stopsAt(sql, [address]);
  const question = await questionFor<{ meaning: 'confirm' | 'cancel' | 'reschedule'; options: Prompt[] }>(
    sql,
    address,
    minus(now, QUESTION_OPEN),
  );
  const chatty = (await answersSince(sql, address, minus(now, 'PT1H'))) >= ANSWERS_AN_HOUR;
  return {
    now,
    patients: patients.filter(patient => known.some(one => one.reference === patient && one.patient?.active)),
    prompts: promptsFor(known, address, policy, now),
    question,
    stopped: chatty || stops.some(one => one.medium === medium),
  };
}

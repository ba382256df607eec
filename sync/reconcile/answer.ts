import type { InboundMessage } from '../channels/channel.ts';
import { answerLanguage } from '../domain/inbound/answer-language.ts';
import { decide } from '../domain/inbound/decide.ts';
import type { Decision, Situation } from '../domain/inbound/decision.ts';
import { type Reply, readReply } from '../domain/inbound/keywords.ts';
import { plus } from '../domain/time.ts';
import { newTraceparent, traced } from '../domain/trace.ts';
import type { Sql } from '../store/database.ts';
import { handled, lockTurn, nextInLine, recordInbound, type Turn, unhandledInbound } from '../store/inbound.ts';
import { record } from '../store/journal.ts';
import { lift, stop } from '../store/opt-out.ts';
import { bumpGeneration } from '../store/patient.ts';
import { putQuestion, takeQuestion } from '../store/question.ts';
import { addReply, overtakenBy } from '../store/reply.ts';
import { inTransaction } from '../store/transaction.ts';
import { closeTakenBack, openAnswerTasks } from './answer-tasks.ts';
import { repliesOf } from './compiled.ts';
import { leaveUnreadToPerson, leaveUnsaidToPeople } from './for-people.ts';
import { lookFirst } from './look-first.ts';
import { sayAnswer } from './say-answer.ts';
import type { Service } from './service.ts';
import { situationOf } from './situation.ts';

/** Durable when this returns; what it means is worked out afterwards. The same provider message twice is one. */
export async function receive(service: Service, message: InboundMessage): Promise<void> {
  const { database, clock, newId } = service;
  const id = newId();
  const now = clock();
  const { providerKeyword, ...row } = message;
  const fresh = await inTransaction(database.sql, async sql => {
    if (!(await recordInbound(sql, { ...row, id, keyword: providerKeyword }, now))) return false;
    await record(sql, [{ at: now, who: 'patient', what: 'receive', key: id, detail: { channel: message.channel } }]);
    return true;
  });
  if (!fresh) return;
  service.log.info('A message was received.', { id, channel: message.channel, ...traced(newTraceparent(id)) });
  await service.ask('answer', id);
}

/**
 * Everything received and not yet handled. One that fails keeps nobody else waiting: not the others, and not the rest
 * of the sweep. Returns how much was done.
 */
export async function answerAll(service: Service): Promise<number> {
  const { database, log } = service;
  let done = 0;
  for (const id of await unhandledInbound(database.sql, 50)) {
    try {
      await answer(service, id);
      done += 1;
    } catch (error) {
      log.error('A message could not be handled; the next sweep tries it again.', { inbound: id, code: nameOf(error) });
    }
  }
  return done + (await leaveUnsaidToPeople(service));
}

/** This message, and before it whatever came earlier from the same address: each in its turn, as it was received. */
export async function answer(service: Service, id: string): Promise<void> {
  const { sql } = service.database;
  for (let turn = await nextInLine(sql, id); turn; turn = await nextInLine(sql, id)) await takeTurn(service, turn);
}

/** Errors pass, mostly, and it is tried again. One that does not pass must not hold up the address for ever. */
const HOPE = 'PT2M';

async function takeTurn(service: Service, turn: Turn): Promise<void> {
  try {
    await lookFirst(service, turn.id);
    await handle(service, turn);
  } catch (error) {
    if (service.clock() < plus(turn.recorded_at, HOPE)) throw error;
    await leaveUnreadToPerson(service, turn, nameOf(error));
  }
}

/** The text of an error may quote what it failed on (law 13). */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** One message, in one transaction: what it means, what it changes, who is asked, what is said back. */
async function handle(service: Service, turn: Turn): Promise<void> {
  const policy = await service.policy();
  const now = service.clock();
  await inTransaction(service.database.sql, async sql => {
    const row = await lockTurn(sql, turn);
    if (!row) return;
    const { id } = row;
    const { situation, writers } = await situationOf(service, sql, row);
    const question = situation.question && { options: situation.question.options.length };
    const said = readReply(row.body, repliesOf(policy), { openQuestion: question });
    const reading = row.keyword ? heardByProvider(row.keyword, row.body, said, situation) : said;
    const decision = decide(reading, row.keyword === 'start' ? running(situation) : situation);
    if (row.keyword === 'start') decision.lift = true;
    // The provider answers its own keywords; after a STOP it would refuse ours.
    if (row.keyword === reading.meaning) delete decision.answer;
    const { address, medium } = row;
    if (decision.stop) await stop(sql, { address, medium, kind: decision.stop, at: now, source: `inbound/${id}` });
    if (decision.lift) await lift(sql, address, medium, now);
    for (const { patient, reply } of decision.replies) await addReply(sql, row, patient, reply);
    if (decision.ask) await putQuestion(sql, address, decision.ask, now);
    // A question stays open while other things are said; what has been chosen once is chosen.
    else if (decision.replies.length > 0) await takeQuestion(sql, address);
    const closed = await closeTakenBack(sql, await lastWords(sql, id, decision), now);
    const opened = await openAnswerTasks(service, sql, row, decision.tasks, writers);
    await sayAnswer(service, sql, row, decision, answerLanguage(reading, writers, policy));
    await handled(sql, id, decision.patients, decision.outcome, now);
    const concerned = [...situation.patients, ...decision.patients];
    await bumpGeneration(sql, concerned, new Map(concerned.map(one => [one, newTraceparent(id)])));
    await record(sql, [entryOf(decision, id, now), ...closed, ...opened]);
  });
}

/**
 * The carrier has acted on the word already; whether a visit was meant is still ours to ask (D5). Carriers count "yes"
 * among their words for START: said to what we told of a visit it is an answer to us, and the texts run again all the same.
 */
const heardByProvider = (
  meaning: 'stop' | 'start' | 'help',
  body: string,
  said: Reply,
  { prompts, answered }: Situation,
): Reply => {
  if (meaning === 'start' && said.meaning === 'confirm' && prompts.length > 0 && !answered) return said;
  return { meaning, certainty: 'exact', ...(/cancel/i.test(body) ? { alsoMaybe: 'cancel-visit' } : {}) };
};

/** The provider's START has ended a STOP before we look, and never what else forbids texts (D12). */
const running = (situation: Situation): Situation => ({
  ...situation,
  stopped: situation.stopped && situation.barred.length > 0,
});

/** A yes that reaches us after the no that followed it takes nothing back. */
async function lastWords(sql: Sql, id: string, decision: Decision): Promise<Decision> {
  const overtaken = await overtakenBy(sql, id);
  const isLast = ({ patient, reply }: Decision['replies'][number]) =>
    !overtaken.some(one => one.patient === patient && one.appointment === reply.appointment);
  return { ...decision, replies: decision.replies.filter(isLast) };
}

const entryOf = (decision: Decision, id: string, at: string) => ({
  at,
  who: 'loopkeeper',
  what: 'answer',
  patient: decision.patients[0],
  key: id,
  detail: { outcome: decision.outcome, text: decision.answer?.text },
});

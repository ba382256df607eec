import { REACHED } from '../../sync/domain/plan/told.ts';
import { byText } from '../../sync/domain/time.ts';
import { messagesByKey } from '../../sync/store/find-messages.ts';
import { firstBrokenSeal } from '../../sync/store/journal.ts';
import type { MessageRow } from '../../sync/store/message-row.ts';
import type { Scene } from '../chaos/check-send.ts';
import type { Desk } from '../chaos/desk.ts';
import { forgotten } from '../chaos/forgotten.ts';
import { shippedPolicy } from '../support/policy.ts';
import { chartWrong } from './chart.ts';
import { freely } from './freely.ts';
import { look } from './look.ts';
import { SENT, sendings } from './sendings.ts';
import type { World } from './world.ts';

export interface Ending {
  /** Everything that is wrong when all is over, in sentences; held against what the provider took and the chart holds. */
  wrong: string[];
  /** Messages by their last state. */
  states: Record<string, number>;
}

export async function endingOf(world: World, desks: Desk[]): Promise<Ending> {
  const database = await world.ground.open();
  try {
    const scene: Scene = { database, ehr: world.ehr, now: world.clock.now };
    const { sql } = database;
    const keys = await sql.selectFrom('message').select('key').execute();
    const rows = await messagesByKey(
      sql,
      keys.map(row => row.key),
    );
    const broken = await firstBrokenSeal(sql);
    const policy = freely(shippedPolicy());
    const wrong = [
      ...(broken === undefined ? [] : [`the journal is broken at ${broken}`]),
      ...leftOver(await look(database)),
      ...sendings(world.twilio.texts, rows),
      ...(await doubts(scene, rows)),
      ...(await unanswered(scene, rows, world.door.acknowledged)),
      ...(await chartWrong(scene)),
      ...(await Promise.all(desks.map((desk, family) => forgotten(scene, family, desk.visits(), policy)))).flat(),
    ];
    const byState = Map.groupBy(rows, row => row.state);
    return { wrong, states: Object.fromEntries([...byState].map(([state, some]) => [state, some.length])) };
  } finally {
    await database.close();
  }
}

const leftOver = ({ unplanned, sending, unpublished, unread, hints }: Awaited<ReturnType<typeof look>>): string[] =>
  Object.entries({ unplanned, sending, unpublished, unread, hints: hints.length }).flatMap(([what, count]) =>
    count > 0 ? [`${count} ${what} are left over`] : [],
  );

/** Whatever may or may not have reached somebody, a person was asked to look at, unless something later was told since. */
async function doubts({ database }: Scene, rows: MessageRow[]): Promise<string[]> {
  const tasks = await database.sql.selectFrom('task').select(['key', 'plan']).execute();
  const isAsked = (row: MessageRow) =>
    tasks.some(({ key, plan }) =>
      row.purpose === 'answer' ? plan.inbound === row.key.split('|')[2] : key.startsWith(chainOf(row)),
    );
  const isOvertaken = (row: MessageRow) =>
    row.tells.every(({ appointment }) =>
      rows.some(
        other =>
          REACHED.includes(other.state) &&
          byText(other.sentAt ?? '', row.sentAt ?? '') > 0 &&
          other.tells.some(telling => telling.appointment === appointment),
      ),
    );
  return rows
    .filter(row => row.state === 'unknown' && !isAsked(row) && (row.purpose === 'answer' || !isOvertaken(row)))
    .map(row => `${row.key} is unknown, and nobody was asked about it`);
}

const chainOf = ({ key, step }: MessageRow) => key.slice(0, -`#${step}`.length);

/** Words that need nobody to say anything: the provider has answered them, or they were thanks. */
const NEEDS_NO_ANSWER = ['stopped', 'started', 'thanked', 'acknowledged'];

/** Each text from a patient that we said 2xx to was kept, and ended: with an answer, a Task, or as one that needs none. */
async function unanswered({ database }: Scene, rows: MessageRow[], acknowledged: string[]): Promise<string[]> {
  const heard = await database.sql.selectFrom('inbound').selectAll().execute();
  const tasks = await database.sql.selectFrom('task').select('plan').execute();
  const stops = await database.sql.selectFrom('opt_out').select('address').execute();
  const replies = await database.sql.selectFrom('reply').select('inbound').execute();
  const wrong = heard.flatMap(({ id, body, outcome, address }) => {
    if (!outcome) return [`“${body}” was never handled`];
    const answer = rows.find(row => row.purpose === 'answer' && row.key.endsWith(id));
    const isSaid = answer && (SENT.includes(answer.state) || answer.reason !== undefined);
    const isAsked = tasks.some(({ plan }) => plan.inbound === id);
    // Who has said STOP may still confirm a visit, and hears nothing of it.
    const isTaken = replies.some(({ inbound }) => inbound === id) && stops.some(stop => stop.address === address);
    return isSaid || isAsked || isTaken || NEEDS_NO_ANSWER.includes(outcome)
      ? []
      : [`“${body}” (${outcome}) led to nothing; its answer is ${answer?.state ?? 'none'}`];
  });
  const kept = heard.map(row => `inbound ${row.provider_id}`);
  for (const one of new Set(acknowledged))
    if (one.startsWith('inbound ') && !kept.includes(one)) wrong.push(`${one} was acknowledged and is lost`);
  return wrong;
}

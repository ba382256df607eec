import { openBrakes } from '../store/brake.ts';
import { isPaused, pausedChannels } from '../store/control.ts';
import type { Database } from '../store/database.ts';
import { firstBrokenSeal } from '../store/journal.ts';
import { backlogSize } from '../store/publication.ts';
import { alarmLines } from './alarm-lines.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { hearingLines } from './hearing-lines.ts';
import { withDatabase } from './open.ts';
import { openForPeople } from './open-for-people.ts';
import { presentOf, zoneOf } from './present.ts';
import { counts, localMoment, type Out, plural } from './print.ts';

export const runStatus = (out: Out): Promise<void> =>
  withDatabase(database => status(database, out), { mustExist: true });

export const runBrakes = (out: Out): Promise<void> =>
  withDatabase(database => brakes(database, out), { mustExist: true });

export async function status({ sql }: Database, out: Out): Promise<void> {
  const messages = await sql
    .selectFrom('message')
    .select(['state', eb => eb.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const tasks = await sql
    .selectFrom('task')
    .select(['state', eb => eb.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const byState = (rows: { state: string; n: number }[]) =>
    counts(Object.fromEntries(rows.map(row => [row.state, Number(row.n)])));
  const zone = await zoneOf(sql);
  const { now, note } = await presentOf(sql, zone);
  const cursors = await sql.selectFrom('cursor').select(['type', 'moved_at', 'baseline_at']).orderBy('type').execute();
  const broken = await firstBrokenSeal(sql);
  if (note) out.line(note);
  for (const line of await alarmLines(sql, now, zone)) out.line(line);
  out.line(`Messages: ${byState(messages)}.`);
  out.line(`Tasks: ${byState(tasks)}.`);
  for (const line of await openForPeople(sql, now, zone)) out.line(line);
  out.line(`Not yet in the chart: ${counts(await backlogSize(sql))}.`);
  for (const { type, moved_at, baseline_at } of cursors)
    out.line(
      `${type}: read until ${localMoment(moved_at, zone)}${baseline_at ? '' : ', for the first time and not yet to the end'}.`,
    );
  for (const line of await hearingLines(sql, now, zone)) out.line(line);
  out.line(
    `Sending is ${(await isPaused(sql)) ? 'PAUSED' : 'on'}; ${plural((await openBrakes(sql)).length, 'brake')} on.`,
  );
  for (const { medium, because, at } of await pausedChannels(sql))
    out.line(`No ${medium} leaves since ${localMoment(at, zone)}: ${because} Then \`resume\`.`);
  out.line(broken === undefined ? 'The journal is whole.' : `The journal was tampered with at entry ${broken}.`);
  if (broken !== undefined) throw new Failure('The journal cannot be trusted.', EXIT.attention);
}

/** The acts of a dry run, and what each does to what. Counted are messages, as in `status` and `plan`. */
const DOES: [act: string, does: string, what: string][] = [
  ['create', 'plan', 'message'],
  ['revise', 'word anew', 'message'],
  ['revive', 'plan again', 'message'],
  ['withdraw', 'withdraw', 'message'],
  ['expire', 'drop as too late', 'message'],
  ['open', 'open', 'Task'],
  ['reword', 'reword', 'Task'],
  ['close', 'close', 'Task'],
];

export async function brakes({ sql }: Database, out: Out): Promise<void> {
  const open = await openBrakes(sql);
  if (open.length === 0) return out.line('No brake is on.');
  const zone = await zoneOf(sql);
  for (const { id, cause, pulled_at, dry_run } of open) {
    const run = dry_run as { patients: number; affected: number; acts: Record<string, number> };
    const would = DOES.flatMap(([act, does, what]) =>
      run.acts[act] ? [`${does} ${plural(run.acts[act], what)}`] : [],
    );
    out.line(
      `${id}  ${cause}, since ${localMoment(pulled_at, zone)}: would ${would.join(', ') || 'change nothing'}, for ${run.affected} of ${plural(run.patients, 'patient')}.`,
    );
  }
  out.line('\nLook at `plan`, then `release <number>`.');
}

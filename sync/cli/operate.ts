import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { proposePolicy } from '../reconcile/policy-in-force.ts';
import { poll } from '../reconcile/poll.ts';
import { release, releaseAll } from '../reconcile/release.ts';
import { drain } from '../reconcile/sweep.ts';
import { openBrakes } from '../store/brake.ts';
import { isPaused, setPaused } from '../store/control.ts';
import type { Database } from '../store/database.ts';
import { firstBrokenSeal, record } from '../store/journal.ts';
import { backlogSize } from '../store/publication.ts';
import { EXIT } from './exit-codes.ts';
import { Failure, policyOf, withDatabase, withService } from './open.ts';
import { counts, plural, terminal } from './print.ts';

/** What an operator does by hand, and should seldom have to. */
export function operateCommands(program: Command): void {
  program
    .command('migrate')
    .description('Bring the schema up to date; starting the service does so too')
    .action(() => withDatabase(async ({ kind }) => terminal.line(`The schema is up to date (${kind}).`)));
  program
    .command('sweep')
    .description('One poll of the EHR, then everything there is to do')
    .action(() => withService(sweepOnce));
  program
    .command('pause')
    .description('Stop all sending at once')
    .action(() => withDatabase(database => pause(database, true)));
  program
    .command('resume')
    .description('Go on; what has lost its sense meanwhile is dropped')
    .action(() => withDatabase(database => pause(database, false)));
  program
    .command('status')
    .description('Messages, Tasks, backlog, brakes, the journal')
    .action(() => withDatabase(status));
  program
    .command('brakes')
    .description('What the brake has stopped, with its dry run')
    .action(() => withDatabase(brakes));
  program
    .command('release <brake>')
    .description('Let it happen, after the dry run was looked at; `all` for every one')
    .action((brake: string) =>
      withService(async service => {
        await proposePolicy(service, policyOf(readConfig()), 'release');
        if (brake !== 'all' && !/^\d+$/.test(brake))
          throw new Failure(`\`${brake}\` is no brake; see \`brakes\`.`, EXIT.usage);
        const patients =
          brake === 'all' ? await releaseAll(service, 'operator') : await release(service, Number(brake), 'operator');
        terminal.line(`${plural(patients, 'patient')} planned.`);
      }),
    );
}

async function sweepOnce(service: Parameters<typeof poll>[0]): Promise<void> {
  const { policy, version } = policyOf(readConfig());
  await proposePolicy(service, { policy, version }, 'sweep');
  const seen = await poll(service, (type, n) => terminal.aside(`  ${type}: ${n}`));
  await drain(service);
  terminal.line(`The EHR was read: ${counts(seen)}.`);
  const held = await openBrakes(service.database.sql);
  if (held.length > 0) throw new Failure(`${plural(held.length, 'brake')} on; see \`brakes\`.`, EXIT.attention);
}

async function pause({ sql }: Database, paused: boolean): Promise<void> {
  const at = systemClock();
  await sql.transaction().execute(async trx => {
    await setPaused(trx, paused, 'operator', at);
    await record(trx, [{ at, who: 'operator', what: paused ? 'pause' : 'resume' }]);
  });
  terminal.line(paused ? 'Sending is paused.' : 'Sending goes on.');
}

async function status({ sql }: Database): Promise<void> {
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
    counts(Object.fromEntries(rows.map(row => [row.state, Number(row.n)]))) || 'none';
  const cursors = await sql.selectFrom('cursor').select(['type', 'moved_at', 'baseline_at']).orderBy('type').execute();
  const broken = await firstBrokenSeal(sql);
  terminal.line(`Messages: ${byState(messages)}.`);
  terminal.line(`Tasks: ${byState(tasks)}.`);
  terminal.line(`Not yet in the chart: ${counts(await backlogSize(sql))}.`);
  for (const { type, moved_at, baseline_at } of cursors)
    terminal.line(
      `${type}: read until ${moved_at}${baseline_at ? '' : ', for the first time and not yet to the end'}.`,
    );
  terminal.line(
    `Sending is ${(await isPaused(sql)) ? 'PAUSED' : 'on'}; ${plural((await openBrakes(sql)).length, 'brake')} on.`,
  );
  terminal.line(broken === undefined ? 'The journal is whole.' : `The journal was tampered with at entry ${broken}.`);
  if (broken !== undefined) throw new Failure('The journal cannot be trusted.', EXIT.attention);
}

async function brakes({ sql }: Database): Promise<void> {
  const open = await openBrakes(sql);
  if (open.length === 0) return terminal.line('No brake is on.');
  for (const { id, cause, pulled_at, dry_run } of open) {
    const run = dry_run as { patients: number; affected: number; acts: Record<string, number> };
    terminal.line(
      `${id}  ${cause}, since ${pulled_at}: ${counts(run.acts)}, for ${run.affected} of ${plural(run.patients, 'patient')}.`,
    );
  }
  terminal.line('\nLook at `plan`, then `release <number>`.');
}

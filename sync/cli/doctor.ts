import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { startChannels } from '../channels/start.ts';
import { type Config, readConfig } from '../config.ts';
import { connect } from '../connect.ts';
import { systemClock } from '../domain/clock.ts';
import { openDatabase } from '../open-database.ts';
import { DatabaseInUse } from '../store/folder-lock.ts';
import { FolderUnusable } from '../store/make-folder.ts';
import { hasFolder, hasSchema } from './database-there.ts';
import { TO_LOAD_THE_RULES, TO_OPEN_THE_DATABASE, TO_SEND, toTalkToTheEhr } from './doctor-advice.ts';
import { checkAuth } from './doctor-auth.ts';
import { checkData } from './doctor-data.ts';
import { checkClock, checkConnection, checkSubscriptions } from './doctor-ehr.ts';
import { checkEarlierVisits, checkRosters } from './doctor-hearing.ts';
import { openReport, type Report } from './doctor-report.ts';
import { quietLog } from './open.ts';
import { policyOf } from './policy-of.ts';
import type { Out } from './print.ts';

/** Tries everything this service depends on. Goes on after a failure wherever the next check can still be made. */
export async function runDoctor({ list = false }: { list?: boolean }, out: Out): Promise<void> {
  const report = openReport(out);
  const config = readConfig();
  report.say('ok', `The configuration can be read; mode ${config.production ? 'production' : 'test'}.`);
  const loaded = await report.attempt(
    () => policyOf(config),
    () => TO_LOAD_THE_RULES,
  );
  if (loaded) report.say('ok', `The rules and texts can be used; version ${loaded.version}.`);
  await report.attempt(
    () => checkDatabase(config, report),
    () => TO_OPEN_THE_DATABASE,
  );
  await checkChannels(config, report);
  const connection =
    (await checkAuth(config, report)) &&
    (await report.attempt(() => connect(config, { clock: systemClock, log: quietLog() }), toTalkToTheEhr));
  if (connection) {
    checkConnection(connection, config, report);
    checkEarlierVisits(connection, loaded?.policy, report);
    checkRosters(connection, report);
    await checkClock(config, report);
    await checkSubscriptions(connection, config, report);
    if (loaded) await checkData(connection, loaded.policy, list, report, out);
  }
  report.end();
}

async function checkDatabase(config: Config, { say }: Report): Promise<void> {
  if (!hasFolder(config)) return checkFolder(config.environment.LOOPKEEPER_STATE, say);
  try {
    const database = await openDatabase(config);
    // PostgreSQL is only called when something is asked.
    const known = await hasSchema(database).finally(() => database.close());
    const empty = known ? '' : ' It holds nothing of this service yet; starting it changes that.';
    say('ok', `The database can be opened (${database.kind}).${empty}`);
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    say('ok', 'The embedded database is open in another process, most likely the running service.');
  }
}

/** Nothing is made: that is for the service to do. */
function checkFolder(folder: string, say: Report['say']): void {
  let found = resolve(folder);
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  if (!statSync(found).isDirectory()) throw new FolderUnusable(folder, `${found} is a file`);
  try {
    accessSync(found, constants.W_OK);
  } catch {
    throw new FolderUnusable(folder, `this user may not write to ${found}`);
  }
  say('ok', `There is no database in ${folder} yet; the service makes one when it starts.`);
}

async function checkChannels({ channels: wanted }: Config, { say, attempt }: Report): Promise<void> {
  const channels = await attempt(
    () => startChannels(wanted, { fetch, clock: systemClock }),
    () => `${TO_SEND.sms} ${TO_SEND.email}`,
  );
  for (const medium of channels ? (['sms', 'email'] as const) : []) {
    const channel = channels?.[medium];
    const problem = channel && (await channel.check());
    if (!channel)
      say('warn', `There is no channel for ${medium}: such messages are not sent, and say why.`, [
        `→ ${TO_SEND[medium]}`,
      ]);
    else if (problem) say('fail', `${channel.name}: ${problem}`, [`→ ${TO_SEND[medium]}`]);
    else say('ok', `${channel.name}: it can be used.`);
  }
}

import { startChannels } from '../channels/start.ts';
import { type Config, readConfig } from '../config.ts';
import { connect } from '../connect.ts';
import { systemClock } from '../domain/clock.ts';
import { openDatabase } from '../open-database.ts';
import { DatabaseInUse } from '../store/folder-lock.ts';
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
  const loaded = await report.attempt(() => policyOf(config));
  if (loaded) report.say('ok', `The rules and texts can be used; version ${loaded.version}.`);
  await report.attempt(() => checkDatabase(config, report));
  await checkChannels(config, report);
  const connection = await report.attempt(() => connect(config, { clock: systemClock, log: quietLog() }));
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
  try {
    const database = await openDatabase(config);
    await database.close();
    say('ok', `The database can be opened (${database.kind}).`);
  } catch (error) {
    if (!(error instanceof DatabaseInUse)) throw error;
    say('ok', 'The embedded database is open in another process, most likely the running service.');
  }
}

async function checkChannels({ channels: wanted }: Config, { say, attempt }: Report): Promise<void> {
  const channels = await attempt(() => startChannels(wanted, { fetch, clock: systemClock }));
  for (const medium of channels ? (['sms', 'email'] as const) : []) {
    const channel = channels?.[medium];
    const problem = channel && (await channel.check());
    if (!channel) say('warn', `There is no channel for ${medium}: such messages are not sent, and say why.`);
    else say(problem ? 'fail' : 'ok', `${channel.name}: ${problem ?? 'it can be used.'}`);
  }
}

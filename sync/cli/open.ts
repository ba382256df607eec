import type { Logger } from 'winston';
import { type Config, readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { openLog } from '../log.ts';
import { type LoadedPolicy, loadPolicy } from '../policy/load-policy.ts';
import { formatMistakes } from '../policy/load-yaml.ts';
import type { Service } from '../reconcile/service.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { connect, openDatabase, wire } from '../wire.ts';
import { EXIT } from './exit-codes.ts';

/** Ends a command with a sentence and a code; never a stack. */
export class Failure extends Error {
  readonly code: number;
  constructor(sentence: string, code: number = EXIT.failed) {
    super(sentence);
    this.name = 'Failure';
    this.code = code;
  }
}

/** Warnings go to standard error, so that `--json` stays clean. */
export const quietLog = (): Logger => {
  const log = openLog('error', systemClock);
  for (const transport of log.transports)
    Object.assign(transport, { stderrLevels: { error: true, warn: true, info: true } });
  return log;
};

export function policyOf(config: Config): LoadedPolicy {
  const loaded = loadPolicy(config.environment.LOOPKEEPER_MAPPINGS);
  if ('mistakes' in loaded)
    throw new Failure(`The rules cannot be used:\n${formatMistakes(loaded.mistakes)}`, EXIT.attention);
  return loaded;
}

/** Opens the database of the configuration, at its newest schema, for as long as `work` takes. */
export async function withDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig();
  const database = await openDatabase(config);
  try {
    await migrate(database);
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** The service without doors and clockwork: for commands that need the EHR. */
export const withService = <T>(work: (service: Service, config: Config) => Promise<T>): Promise<T> =>
  withDatabase(async (database, config) => {
    const around = { clock: systemClock, log: quietLog() };
    return work(wire(config, database, await connect(config, around), around), config);
  });

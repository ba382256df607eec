import type { Logger } from 'winston';
import { type Config, readConfig } from '../config.ts';
import { connect } from '../connect.ts';
import { systemClock } from '../domain/clock.ts';
import { openLog } from '../log.ts';
import { openDatabase } from '../open-database.ts';
import type { Service } from '../reconcile/service.ts';
import type { Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { wire } from '../wire.ts';
import { hasFolder, hasSchema, noDatabase } from './database-there.ts';

/** Warnings go to standard error, so that `--json` stays clean. */
export const quietLog = (): Logger => {
  const log = openLog('error', systemClock);
  for (const transport of log.transports)
    Object.assign(transport, { stderrLevels: { error: true, warn: true, info: true } });
  return log;
};

interface Opening {
  /** For what looks at what is there, or changes it: from a mistyped folder nothing is made, and nothing is well. */
  mustExist?: boolean;
}

/** Opens the database of the configuration, at its newest schema, for as long as `work` takes. */
export async function withDatabase<T>(
  work: (database: Database, config: Config) => Promise<T>,
  { mustExist = false }: Opening = {},
): Promise<T> {
  const config = readConfig();
  if (mustExist && !hasFolder(config)) throw noDatabase(config);
  const database = await openDatabase(config);
  try {
    if (mustExist && !(await hasSchema(database))) throw noDatabase(config);
    await migrate(database);
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** The service without doors and clockwork: for commands that need the EHR, which is tried before anything is opened. */
export async function withService<T>(
  work: (service: Service, config: Config) => Promise<T>,
  opening: Opening = {},
): Promise<T> {
  const around = { clock: systemClock, log: quietLog() };
  const connection = await connect(readConfig(), around);
  return withDatabase((database, config) => work(wire(config, database, connection, around), config), opening);
}

/** What the EHR alone can answer, whoever has the database open. */
export async function withConnection<T>(work: (service: Connected, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig();
  const log = quietLog();
  return work({ connection: await connect(config, { clock: systemClock, log }), clock: systemClock, log }, config);
}

export type Connected = Pick<Service, 'connection' | 'clock' | 'log'>;

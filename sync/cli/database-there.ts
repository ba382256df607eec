import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql as raw } from 'kysely';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';
import { Failure } from './failure.ts';

/** Where there is no database yet, nobody but the service makes one: an empty one would say that all is well. */
export const hasFolder = ({ environment }: Config): boolean =>
  environment.DATABASE_URL !== undefined || existsSync(join(environment.LOOPKEEPER_STATE, 'db'));

export async function hasSchema({ sql }: Database): Promise<boolean> {
  const { rows } = await raw<{ there: boolean }>`select to_regclass('patient') is not null as there`.execute(sql);
  return rows[0]?.there === true;
}

export function noDatabase({ environment }: Config): Failure {
  const { DATABASE_URL, LOOPKEEPER_STATE } = environment;
  const [what, variable] = DATABASE_URL
    ? ['The database holds nothing of this service', 'DATABASE_URL']
    : [`There is no database in the folder ${LOOPKEEPER_STATE}`, 'LOOPKEEPER_STATE'];
  return new Failure(`${what}. Is ${variable} right? Starting the service, or \`sweep\`, makes one.`);
}

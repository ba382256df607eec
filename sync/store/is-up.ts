import { sql as raw } from 'kysely';
import type { Database } from './database.ts';

/** Does the database answer at all? */
export const isUp = ({ sql }: Pick<Database, 'sql'>): Promise<boolean> =>
  raw`select 1`.execute(sql).then(
    () => true,
    () => false,
  );

import type { Database } from './database.ts';

/** Does the database answer, and take what is written? A standby refuses even a change of nothing. */
export const isUp = ({ sql }: Pick<Database, 'sql'>): Promise<boolean> =>
  sql
    .deleteFrom('lease')
    .where('name', '=', '')
    .execute()
    .then(
      () => true,
      () => false,
    );

/** Its own trouble (no connection, no room, no writes, going down), and not that of the rows it was about, as 08P01 may be. */
export const isTroubled = (error: unknown): boolean =>
  /^(08(?!P01)|25|53|57P)/.test(String((error as { code?: unknown }).code ?? ''));

import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** serialization_failure, deadlock_detected: undone as a whole, and likely to succeed when asked again. */
const AGAIN = ['40001', '40P01'];
const TRIES = 5;

/**
 * All of it or nothing. What the database gives up on in favour of somebody else is done again from its beginning, so
 * `work` touches nothing but the database. Where the connection breaks it throws: whether it was kept is not known.
 */
export async function inTransaction<T>(
  sql: Kysely<Tables>,
  work: (sql: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await sql.transaction().execute(work);
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if (tries === TRIES || !AGAIN.includes(code)) throw error;
    }
  }
}

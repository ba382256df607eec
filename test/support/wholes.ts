import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Database } from '../../sync/store/database.ts';
import { openTestDatabase } from './database.ts';
import { openWhole, type Whole, type WholeOptions } from './whole.ts';

/** One database for the tests of a file, and a whole for each of them, closed when its test ends. */
export function wholes(): (options?: WholeOptions) => Promise<Whole> {
  let database: Database;
  const open: Whole[] = [];
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterEach(async () => {
    for (const whole of open.splice(0)) await whole.close();
  });
  afterAll(() => database.close());
  return async options => {
    const whole = await openWhole({ ...options, database });
    open.push(whole);
    return whole;
  };
}

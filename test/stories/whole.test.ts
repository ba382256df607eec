import { afterAll, afterEach, beforeAll, it } from 'vitest';
import type { Database } from '../../sync/store/database.ts';
import { openTestDatabase } from '../support/database.ts';
import type { Whole } from '../support/whole.ts';
import { play } from './play.ts';
import { stories } from './story.ts';
import { wholeWorldOn } from './whole-world.ts';

let database: Database;
let whole: Whole | undefined;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterEach(() => whole?.close());
afterAll(() => database.close());

it.each(stories())('%s', (_, story) =>
  play(
    story,
    wholeWorldOn(database, opened => {
      whole = opened;
    }),
  ),
);

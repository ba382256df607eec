import { describe, expect, it } from 'vitest';
import { openPglite } from '../../sync/store/database.ts';
import { migrate } from '../../sync/store/migrate.ts';
import { migratedPglite, POSTGRES, postgresDatabase } from '../support/database.ts';

describe('on PGlite', () => {
  it('applies each migration once', async () => {
    const database = await migratedPglite();
    expect(await migrate(database)).toEqual([]);
    await database.close();
  });

  it('begins from nothing', async () => {
    const database = await openPglite();
    const applied = await migrate(database);
    expect(applied[0]).toBe('0001-spine.sql');
    expect(applied).toEqual([...applied].sort());
    await database.close();
  });
});

const onPostgres = POSTGRES ? [POSTGRES] : [];
if (!POSTGRES) process.stderr.write('NOT RUN: two migrators at once need PostgreSQL (LOOPKEEPER_TEST_POSTGRES).\n');

describe.each(onPostgres)('on PostgreSQL', server => {
  it('lets two instances that start together apply each migration once', async () => {
    const database = await postgresDatabase(server);
    const both = await Promise.all([migrate(database), migrate(database), migrate(database)]);
    const once = await database.sql.selectFrom('migration').select('name').orderBy('number').execute();
    expect(both.flat().sort()).toEqual(once.map(row => row.name));
    await database.close();
  });
});

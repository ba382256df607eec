import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql as raw } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Database, openPglite } from '../../sync/store/database.ts';
import { journalOf } from '../../sync/store/journal.ts';
import { migrate } from '../../sync/store/migrate.ts';
import { MIGRATIONS, migratedPglite, POSTGRES, postgresDatabase } from '../support/database.ts';
import { onEveryEngine } from '../support/engines.ts';

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

/** The schema as it was before `name`, without the register: what is there is then brought up to date by hand too. */
async function before(name: string, { sql }: Database): Promise<void> {
  await raw`drop schema public cascade`.execute(sql);
  await raw`create schema public`.execute(sql);
  await raw`create table migration (number int primary key, name text not null)`.execute(sql);
  for (const file of readdirSync(MIGRATIONS)
    .filter(one => one < name)
    .sort()) {
    for (const statement of readFileSync(join(MIGRATIONS, file), 'utf8').split(/;\s*\n\s*\n/))
      if (statement.trim()) await raw.raw(statement).execute(sql);
    await raw`insert into migration values (${Number.parseInt(file, 10)}, ${file})`.execute(sql);
  }
}

onEveryEngine(engine => {
  it('gives what there was to the only practice there was, and its journal goes on', async () => {
    await before('0004', engine.database);
    await raw`insert into resource (type, id, digest, observed_at) values ('Patient', 'ana', 'x', now())`.execute(
      engine.sql,
    );
    await raw`insert into resource_patient values ('Patient', 'ana', 'Patient/ana')`.execute(engine.sql);
    await raw`insert into journal (seq, at, who, what, patient, hash) values (1, now(), 'loopkeeper', 'create', 'Patient/ana', 'h')`.execute(
      engine.sql,
    );
    await raw`update journal_head set seq = 1, hash = 'h'`.execute(engine.sql);
    expect((await migrate(engine.database))[0]).toBe('0004-practice.sql');
    expect(await journalOf(engine.sql, 'Patient/ana')).toHaveLength(1);
    expect(await engine.sql.selectFrom('journal_head').selectAll().execute()).toEqual([{ seq: 1, hash: 'h' }]);
    await engine.sql.deleteFrom('resource').execute();
    expect(await engine.sql.selectFrom('resource_patient').selectAll().execute()).toEqual([]);
  });
});

/** Before it there was nobody to run beside. */
const FIRST_ROLLING = 8;
const rolling = readdirSync(MIGRATIONS).filter(name => Number.parseInt(name, 10) >= FIRST_ROLLING);

it.each(rolling)('%s only adds, so that an instance of before works on beside one of after', name => {
  const text = readFileSync(join(MIGRATIONS, name), 'utf8').replace(/--.*/g, '');
  expect(text).not.toMatch(/\b(drop|rename|truncate|alter\s+column|delete\s+from|update)\b/i);
  for (const [column] of text.matchAll(/add\s+column[^,;]*/gi))
    if (/not null/i.test(column)) expect(column).toMatch(/default/i);
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

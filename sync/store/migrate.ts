import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** PostgreSQL: somebody else inserted this number first. */
const UNIQUE_VIOLATION = '23505';

/**
 * Brings the schema up to date and returns the names of the migrations applied. Numbered files, never edited. The
 * number is inserted first in its transaction: of two instances that start together one waits, then finds it done.
 */
export async function migrate(database: Database): Promise<string[]> {
  await sql`create table if not exists migration (number int primary key, name text not null)`.execute(database.sql);
  const applied: string[] = [];
  for (const name of (await readdir(FOLDER)).filter(file => file.endsWith('.sql')).sort()) {
    if (await apply(database, name)) applied.push(name);
  }
  return applied;
}

async function apply(database: Database, name: string): Promise<boolean> {
  const number = Number.parseInt(name, 10);
  const done = await database.sql
    .selectFrom('migration')
    .select('number')
    .where('number', '=', number)
    .executeTakeFirst();
  if (done) return false;
  const text = await readFile(new URL(name, FOLDER), 'utf8');
  try {
    await database.sql.transaction().execute(async trx => {
      await trx.insertInto('migration').values({ number, name }).execute();
      for (const statement of statementsOf(text)) await sql.raw(statement).execute(trx);
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

/** A statement ends with a semicolon and an empty line; function bodies hold no empty line. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;\s*\n\s*\n/)
    .map(statement => statement.trim())
    .filter(Boolean);

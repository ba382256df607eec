import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { beginJournal } from './journal.ts';
import { inTransaction } from './transaction.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

/** `create table if not exists` looks first and creates then: of two instances that start together one may fail here. */
const EXISTS_MEANWHILE = ['23505', '42P07'];

/**
 * Brings the schema up to date and returns the names of the migrations applied. Numbered files, never edited. The
 * number is inserted first in its transaction: of two instances that start together one waits, then finds it done.
 */
export async function migrate(database: Database): Promise<string[]> {
  await createRegister(database);
  const applied: string[] = [];
  for (const name of (await readdir(FOLDER)).filter(file => file.endsWith('.sql')).sort()) {
    if (await apply(database, name)) applied.push(name);
  }
  await beginJournal(database.sql);
  return applied;
}

async function createRegister(database: Database): Promise<void> {
  try {
    await sql`create table if not exists migration (number int primary key, name text not null)`.execute(database.sql);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && EXISTS_MEANWHILE.includes(String(error.code)))) throw error;
  }
}

async function apply(database: Database, name: string): Promise<boolean> {
  const number = Number.parseInt(name, 10);
  const text = await readFile(new URL(name, FOLDER), 'utf8');
  return inTransaction(database.atLeisure, async trx => {
    const claimed = await trx
      .insertInto('migration')
      .values({ number, name })
      .onConflict(c => c.column('number').doNothing())
      .returning('number')
      .executeTakeFirst();
    if (!claimed) return false;
    for (const statement of statementsOf(text)) await sql.raw(statement).execute(trx);
    return true;
  });
}

/** A statement ends with a semicolon and an empty line; function bodies hold no empty line. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;\s*\n\s*\n/)
    .map(statement => statement.trim())
    .filter(Boolean);
